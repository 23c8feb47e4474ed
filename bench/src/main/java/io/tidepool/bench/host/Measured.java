package io.tidepool.bench.host;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** All runs of one alternative, in the order in which they were made. */
record Measured(String name, List<Run> runs) {
    private static final double GB = 1e9;

    /** The middle one of {@code of}; with an even number of runs the mean of the two in the middle. */
    double median(ToDoubleFunction<Run> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double least(ToDoubleFunction<Run> of) {
        return runs.stream().mapToDouble(of).min().orElseThrow();
    }

    double most(ToDoubleFunction<Run> of) {
        return runs.stream().mapToDouble(of).max().orElseThrow();
    }

    double medianSeconds() {
        return median(Run::seconds);
    }

    /** Of all clients together. */
    double medianBytesPerSecond() {
        return median(run -> run.deliveredBytes() / run.seconds());
    }

    /** The median of CPU seconds per 10^9 bytes delivered. */
    double medianPerGb(ToDoubleFunction<Run> cpuSeconds) {
        return median(run -> cpuSeconds.applyAsDouble(run) / (run.deliveredBytes() / GB));
    }
}
