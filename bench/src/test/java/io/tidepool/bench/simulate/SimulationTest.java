package io.tidepool.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.Decision;
import io.tidepool.bench.CommandRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The simulation replays, keeps time, and small fleets come near to the bound. */
final class SimulationTest {
    private static FleetPlan plan(int hosts, long bytes, long seed) {
        return plan(hosts, bytes, 200e6, 400e6, seed);
    }

    private static FleetPlan plan(int hosts, long bytes, double nicBits, double bucketBits, long seed) {
        return plan(hosts, bytes, nicBits, bucketBits, 1, seed);
    }

    /** @param more so many times the agent's own fetches and slots */
    private static FleetPlan plan(int hosts, long bytes, double nicBits, double bucketBits, int more, long seed) {
        return new FleetPlan(
                hosts,
                bytes,
                nicBits,
                bucketBits,
                more * FleetPlan.FILLS,
                more * FleetPlan.UPLOAD_SLOTS,
                FleetPlan.MESSAGE_NANOS,
                FleetPlan.ORIGIN_NANOS,
                seed);
    }

    private static CellResult run(int hosts, long bytes, long seed, double failing) {
        return run(plan(hosts, bytes, seed), failing);
    }

    private static CellResult run(FleetPlan plan, double failing) {
        return new Simulation(1, 1, plan, failing).run(result -> {}).getFirst();
    }

    @Test
    void eightHostsLoadAtTheSpeedOfTheirLinksAndReadEachChunkOnce() {
        CellResult result = run(8, 512L << 20, 1, 0);
        assertThat(result.loaded()).isEqualTo(8);
        assertThat(result.amplification()).isEqualTo(1.0);
        assertThat(result.ratio()).isBetween(1.0, 1.1);
        assertThat(result.makespanSeconds() / result.fastestSeconds()).isLessThan(1.15);
        assertThat(result.decisions()).containsEntry(Decision.LEASE, 64L);
        assertThat(result.fallbacks()).isEmpty();
    }

    @Test
    void theTimeHardlyGrowsWithTheHosts() {
        assertThat(run(32, 1L << 30, 1, 0).ratio()).isLessThan(1.2);
    }

    /** With links as fast as the bucket, one host can be ahead of all others: they have all that they lack from its link. */
    @Test
    void nobodyWaitsForWhoIsAhead() {
        for (long seed = 1; seed <= 3; seed++) {
            assertNear("8 hosts", plan(8, 10_000_000_000L, 25e9, 25e9, 2, seed), 1.05);
            assertNear("8 hosts, the agent's defaults", plan(8, 10_000_000_000L, 25e9, 25e9, seed), 1.1);
        }
        assertNear("16 hosts", plan(16, 20_000_000_000L, 25e9, 50e9, 3), 1.12);
    }

    private static void assertNear(String what, FleetPlan plan, double ofBound) {
        CellResult result = run(plan, 0);
        assertThat(result.amplification()).isEqualTo(1.0);
        assertThat(result.ratio()).as("%s, seed %d", what, plan.seed()).isBetween(1.0, ofBound);
    }

    @Test
    void aRunIsTheSameFromTheSameSeedToTheLastEvent() {
        CellResult one = run(12, 300_000_000, 7, 0.2);
        CellResult again = run(12, 300_000_000, 7, 0.2);
        assertThat(again.digest()).isEqualTo(one.digest());
        assertThat(again.events()).isEqualTo(one.events());
        assertThat(run(12, 300_000_000, 8, 0.2).digest()).isNotEqualTo(one.digest());
    }

    @Test
    void hostsThatDieTakeNobodyWithThem() {
        CellResult result = run(12, 300_000_000, 7, 0.2);
        assertThat(result.unfinished()).isZero();
        assertThat(result.loaded()).as("some died").isBetween(6, 11);
        assertThat(result.amplification()).isBetween(1.0, 1.5);
    }

    @Test
    void whereAllDieNobodyHasATime() {
        CellResult result = run(plan(3, 300_000_000, 1), 1);
        assertThat(result.loaded() + result.unfinished()).isZero();
        assertThat(result.ratio()).isNaN();
        assertThat(result.messagesPerHostSecond()).isBetween(0.0, 1000.0);
    }

    @Test
    void theCommandTellsWhatItFound() {
        CommandRun run = CommandRun.of(
                "bench",
                "simulate",
                "--hosts",
                "9",
                "--cell",
                "5",
                "--size",
                "100MB",
                "--nic",
                "1Gbit",
                "--oss",
                "2Gbit");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "9 hosts in 2 cells of 5", "slowest / bound", "origin amplification", "digest", "2 of 2 cells");
        assertThat(CommandRun.of("bench", "simulate", "--hosts", "0").exitCode())
                .isEqualTo(2);
    }

    @Test
    void eventsHappenInTheOrderOfTheirTimesAndThenOfTheirAdding() {
        EventQueue queue = new EventQueue();
        Random random = new Random(3);
        List<long[]> happened = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            long at = random.nextInt(100);
            int number = i;
            queue.at(at, () -> happened.add(new long[] {at, number}));
        }
        while (queue.step()) {}
        assertThat(happened)
                .hasSize(5000)
                .isSortedAccordingTo((a, b) -> a[0] == b[0] ? Long.compare(a[1], b[1]) : Long.compare(a[0], b[0]));
    }
}
