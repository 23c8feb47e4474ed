package io.tidepool.bench.host;

import io.tidepool.bench.host.HostReport.Outcome;
import io.tidepool.bench.lab.Machine;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs the comparisons one after another, the alternatives of each in turns: what drifts, drifts for both. */
final class HostBench {
    /** After so many GiB the agent's CPU time per GB no longer falls: its code is compiled. */
    private static final int WARM_UP_READS = 4;

    private final Rig rig;
    private final Machine machine;
    private final int repeats;
    private final Consumer<String> progress;

    /** @param progress hears what is measured now */
    HostBench(Rig rig, Machine machine, int repeats, Consumer<String> progress) {
        this.rig = rig;
        this.machine = machine;
        this.repeats = repeats;
        this.progress = progress;
    }

    /** @param each hears of each outcome as soon as there is one */
    HostReport run(List<Comparison> comparisons, Consumer<Outcome> each) throws IOException, InterruptedException {
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        warmUp(comparisons.getFirst());
        List<Outcome> outcomes = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            Outcome outcome = run(comparison);
            each.accept(outcome);
            outcomes.add(outcome);
        }
        return new HostReport(HostReport.SCHEMA, started, machine, rig.size(), repeats, outcomes);
    }

    /** An agent runs for weeks: its first seconds, when its code is not compiled yet, are not what we ask about. */
    private void warmUp(Comparison comparison) throws IOException, InterruptedException {
        progress.accept("warming up");
        comparison.before().run();
        comparison.baseline().measure(rig);
        for (int i = 0; i < WARM_UP_READS; i++) {
            comparison.contender().measure(rig);
        }
    }

    private Outcome run(Comparison comparison) throws IOException, InterruptedException {
        comparison.before().run();
        List<Run> baseline = new ArrayList<>();
        List<Run> contender = new ArrayList<>();
        for (int i = 1; i <= repeats; i++) {
            String count = " (" + i + "/" + repeats + "): ";
            progress.accept(comparison.id() + count + comparison.baseline().name());
            baseline.add(comparison.baseline().measure(rig));
            progress.accept(comparison.id() + count + comparison.contender().name());
            contender.add(comparison.contender().measure(rig));
        }
        return Outcome.of(
                comparison,
                new Measured(comparison.baseline().name(), List.copyOf(baseline)),
                new Measured(comparison.contender().name(), List.copyOf(contender)));
    }
}
