package io.tidepool.bench.host;

import io.tidepool.bench.lab.Machine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a {@code bench host} found out, as it is written to a file: names in snake case, times in seconds, sizes
 * in bytes.
 *
 * @param schema says what this is; its number changes when a name goes or changes its meaning
 * @param started when, in ISO 8601
 * @param sizeBytes of the object that was read
 */
record HostReport(
        String schema, String started, Machine machine, long sizeBytes, int repeats, List<Outcome> comparisons) {
    static final String SCHEMA = "tidepool.bench.host/2";

    /**
     * What one comparison came to.
     *
     * @param speedRatio median time of the baseline ÷ that of the contender: above 1, the contender is faster
     * @param goal what the project wants, in words; null if there is no goal
     * @param goalMet null if there is no goal
     */
    record Outcome(
            String id,
            String title,
            double speedRatio,
            @Nullable String goal,
            @Nullable Boolean goalMet,
            Summary baseline,
            Summary contender) {
        static Outcome of(Comparison comparison, Measured baseline, Measured contender) {
            Summary before = Summary.of(baseline, comparison.objectBytes());
            Summary after = Summary.of(contender, comparison.objectBytes());
            Goal goal = comparison.goal();
            return new Outcome(
                    comparison.id(),
                    comparison.title(),
                    before.medianSeconds() / after.medianSeconds(),
                    goal == null ? null : goal.wanted(),
                    goal == null ? null : goal.met().test(before, after),
                    before,
                    after);
        }
    }

    /**
     * One alternative: medians of its runs, and the runs. CPU seconds are per 10^9 bytes delivered.
     *
     * @param originAmplification most bytes that the bucket sent in a run ÷ the object's size
     */
    record Summary(
            String name,
            double medianSeconds,
            double leastSeconds,
            double mostSeconds,
            double medianBytesPerSecond,
            double clientCpuSecondsPerGb,
            double agentCpuSecondsPerGb,
            double emulatorCpuSecondsPerGb,
            double otherCpuShare,
            double originAmplification,
            List<Run> runs) {
        static Summary of(Measured measured, long sizeBytes) {
            return new Summary(
                    measured.name(),
                    measured.medianSeconds(),
                    measured.least(Run::seconds),
                    measured.most(Run::seconds),
                    measured.medianBytesPerSecond(),
                    measured.medianPerGb(Run::clientCpuSeconds),
                    measured.medianPerGb(Run::agentCpuSeconds),
                    measured.medianPerGb(Run::emulatorCpuSeconds),
                    measured.median(Run::otherCpuShare),
                    measured.most(Run::originBytes) / sizeBytes,
                    measured.runs());
        }
    }
}
