package io.tidepool.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.Decision;
import io.tidepool.agent.peer.tracker.Fallback;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Small fleets in bad weather, many seeds: every read ends right or with an honest error, and nothing hangs. */
final class StormTest {
    private static final class Sum {
        private int crashes;
        private int restarts;
        private int partitions;
        private int outages;
        private long lost;
        private long errors;
        private long wrongObjects;
        private double[] amplifications = {};
        private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
        private final Map<Fallback, Long> fallbacks = new EnumMap<>(Fallback.class);
        private final Map<Decision, Long> decisions = new EnumMap<>(Decision.class);
    }

    @Test
    void everyReadEndsRightOrWithAnHonestError() {
        weather(60);
    }

    @Test
    @Tag("long")
    void everyReadEndsRightOrWithAnHonestErrorAThousandTimes() {
        weather(1000);
    }

    private static void weather(int seeds) {
        Sum sum = new Sum();
        sum.amplifications = new double[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            Storm storm = new Storm(seed);
            Cell cell = storm.run();
            check(seed, cell);
            add(sum, storm, cell, seed);
        }
        assertThat(sum.crashes).as("crashes").isPositive();
        assertThat(sum.restarts).as("restarts").isPositive();
        assertThat(sum.partitions).as("partitions").isPositive();
        assertThat(sum.outages).as("outages").isPositive();
        assertThat(sum.lost).as("lost messages").isPositive();
        assertThat(sum.failures.keySet()).as("faults that were seen").isEqualTo(EnumSet.allOf(Reason.class));
        assertThat(sum.wrongObjects).as("poisoned objects found").isPositive();
        Arrays.sort(sum.amplifications);
        System.out.printf(
                "%d fleets: amplification median %.2f, 90 %% %.2f, most %.2f%n"
                        + "failures %s, fallbacks %s, honest errors %d%n%s%n",
                seeds,
                sum.amplifications[seeds / 2],
                sum.amplifications[seeds * 9 / 10],
                sum.amplifications[seeds - 1],
                sum.failures,
                sum.fallbacks,
                sum.errors,
                sum.decisions);
    }

    private static void check(long seed, Cell cell) {
        for (SimHost host : cell.hosts()) {
            if (!host.isAlive()) {
                continue;
            }
            assertThat(host.isDone())
                    .as("seed %d: %s has ended: %s", seed, host.id(), host.unfinished())
                    .isTrue();
            if (host.behaviour() != Behaviour.POISONS) {
                for (int chunk = 0; chunk < cell.sizes().chunks(); chunk++) {
                    assertThat(host.isRight(chunk) || host.failed().get(chunk))
                            .as("seed %d: %s has chunk %d, right, or said that it has not", seed, host.id(), chunk)
                            .isTrue();
                }
            }
        }
    }

    private static void add(Sum sum, Storm storm, Cell cell, int seed) {
        sum.crashes += storm.crashes;
        sum.restarts += storm.restarts;
        sum.partitions += storm.partition ? 1 : 0;
        sum.outages += storm.outage ? 1 : 0;
        sum.lost += cell.counts().lostMessages;
        sum.errors += cell.counts().errors;
        sum.wrongObjects += cell.counts().wrongObjects;
        sum.amplifications[seed] =
                (double) cell.counts().originBytes / cell.plan().modelBytes();
        cell.counts().failures.forEach((each, count) -> sum.failures.merge(each, count, Long::sum));
        cell.counts().fallbacks.forEach((each, count) -> sum.fallbacks.merge(each, count, Long::sum));
        Set<SimHost> all = Set.copyOf(cell.hosts());
        all.forEach(host -> host.tracker()
                .counts()
                .decisions()
                .forEach((each, count) -> sum.decisions.merge(each, count, Long::sum)));
    }
}
