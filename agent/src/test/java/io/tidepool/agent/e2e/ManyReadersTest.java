package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many readers of an object that is larger than the cache, which in turn is larger than the memory: the agent stays within
 * its budget, everybody gets on, every byte is right, and nothing is held in the end.
 */
final class ManyReadersTest extends EndToEndTest {
    private static final String KEY = "large.bin";
    private static final int READERS = 32;
    private static final long LANDING_MIB = 256;
    /** What a JVM, the index, the mount's buffers and the API's messages may take besides. */
    private static final long BESIDES_MIB = 400;

    private static final Duration IDLE = Duration.ofSeconds(20);

    @Override
    Duration limit() {
        return Duration.ofMinutes(50);
    }

    @Test
    void theyAllGetOnWithinTheBudget() throws Exception {
        readAll(2L << 30, "768MiB");
    }

    @Test
    @Tag("long")
    void theyAllGetOnWithinTheBudgetForLong() throws Exception {
        readAll(50L << 30, "4GiB");
    }

    private void readAll(long size, String capacity) throws Exception {
        emulator.bucket().putSynthetic(KEY, size);
        AgentSetup setup = setup().capacity(capacity).landing(LANDING_MIB + "MiB");
        Agent agent = launch(setup, ":");
        List<Future<Duration>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            for (int i = 0; i < READERS; i++) {
                // Its own share of the object and its neighbour's: each byte is read through the mount and over gRPC.
                long from = size / READERS * i;
                long until = Math.min(size, from + 2 * (size / READERS));
                boolean mounted = i % 2 == 0;
                readers.add(threads.submit(
                        () -> mounted ? throughMount(agent, from, until) : overGrpc(agent, from, until)));
            }
            for (Future<Duration> reader : readers) {
                assertThat(reader.get()).as("the longest wait of a reader").isLessThan(IDLE);
            }
        }
        assertThat(new ProcessUse(agent.pid()).peakMib())
                .as("peak resident MiB")
                .isLessThanOrEqualTo(LANDING_MIB + BESIDES_MIB);
        assertNothingIsHeld(agent);
    }

    static void assertNothingIsHeld(Agent agent) throws Exception {
        for (String gauge : List.of("tidepool_landing_bytes", "tidepool_fills_in_flight", "tidepool_open_files")) {
            // Those that nobody waits for any more, such as the kernel's read-ahead, may still be on their way.
            Eventually.is(gauge + " is 0", () -> agent.metric(gauge, "") == 0);
        }
        Eventually.is("no read runs", () -> agent.client().status().getTraffic().getActiveReads() == 0);
        Eventually.is(
                "nothing is leased", () -> agent.client().status().getTraffic().getActiveLeases() == 0);
    }

    private static Duration throughMount(Agent agent, long from, long until) throws ErrnoException {
        Progress progress = new Progress();
        MountedFile.read(agent.at("/m/" + KEY), from, until, (at, bytes) -> {
            progress.made();
            assertThat(SyntheticBytes.check(KEY, 1, at, bytes)).isEmpty();
        });
        return progress.longest();
    }

    private static Duration overGrpc(Agent agent, long from, long until) throws Exception {
        Progress progress = new Progress();
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * MIB);
        for (long at = from; at < until; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), until - at));
            assertThat(agent.client().read("/m/" + KEY, at, buffer)).isEqualTo(buffer.limit());
            progress.made();
            assertThat(SyntheticBytes.check(KEY, 1, at, buffer.flip())).isEmpty();
        }
        return progress.longest();
    }

    /** How long a reader got nothing. */
    private static final class Progress {
        private long last = System.nanoTime();
        private long longestNanos;

        private void made() {
            long now = System.nanoTime();
            longestNanos = Math.max(longestNanos, now - last);
            last = now;
        }

        private Duration longest() {
            return Duration.ofNanos(longestNanos);
        }
    }
}
