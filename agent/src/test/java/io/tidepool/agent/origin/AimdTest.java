package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkLayout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With a clock of its own. */
class AimdTest {
    private long now = 1;
    private final Aimd aimd = new Aimd(32, () -> now);

    @Test
    void growsFastToHalfOfTheCeilingAndByOneARoundToIt() {
        assertThat(aimd.limit()).isEqualTo(8);
        growToHalf();
        for (int i = 0; i < 17; i++) {
            arrives(Duration.ofMillis(10), true);
        }
        assertThat(aimd.limit()).isEqualTo(17);
        for (int i = 0; i < 1000; i++) {
            arrives(Duration.ofMillis(10), true);
        }
        assertThat(aimd.limit()).isEqualTo(32);
    }

    @Test
    void doesNotGrowWithoutDemand() {
        for (int i = 0; i < 1000; i++) {
            arrives(Duration.ofMillis(10), false);
        }
        assertThat(aimd.limit()).isEqualTo(8);
    }

    @Test
    void halvesOnceASecondAndNeverBelowOne() {
        growToHalf();
        for (int i = 0; i < 100; i++) {
            aimd.throttled();
        }
        assertThat(aimd.limit()).isEqualTo(8);
        for (int i = 0; i < 60; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            aimd.throttled();
        }
        assertThat(aimd.limit()).isEqualTo(1);
    }

    @Test
    void afterAMinuteOfThrottlingHalfOfWhatItWasIsBackAfterAFewChunks() {
        growToHalf();
        for (int i = 0; i < 17; i++) {
            arrives(Duration.ofMillis(10), true);
        }
        for (int i = 0; i < 60; i++) {
            aimd.throttled();
            now += TimeUnit.SECONDS.toNanos(1);
        }
        for (int i = 0; i < 8; i++) {
            arrives(Duration.ofMillis(10), true);
        }
        assertThat(aimd.limit()).isEqualTo(9);
        arrives(Duration.ofMillis(10), true);
        assertThat(aimd.limit()).isEqualTo(9);
    }

    @Test
    void onALineThatIsSlowAllInAllOnlyTwoAreLeft() {
        growToHalf();
        for (int i = 0; i < 8; i++) {
            arrives(Duration.ofSeconds(20), true);
        }
        assertThat(aimd.limit()).isLessThan(8);
        for (int i = 0; i < 100; i++) {
            arrives(Duration.ofSeconds(6), true);
        }
        assertThat(aimd.limit()).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            arrives(Duration.ofSeconds(2), true);
        }
        assertThat(aimd.limit()).as("it is not slow any more").isEqualTo(3);
    }

    private void growToHalf() {
        for (int i = 0; i < 8; i++) {
            arrives(Duration.ofMillis(10), true);
        }
        assertThat(aimd.limit()).isEqualTo(16);
    }

    @Test
    void shrinksGentlyWhenChunksTakeLongerAndNoMoreBytesCome() {
        growToHalf();
        run(Duration.ofSeconds(2), 0.2);
        int before = aimd.limit();
        run(Duration.ofSeconds(3), 0.4);
        assertThat(aimd.limit()).isBetween(before / 2, before - 1);
        run(Duration.ofSeconds(20), 0.4);
        assertThat(aimd.limit()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void doesNotShrinkWhenMoreBytesCome() {
        run(Duration.ofSeconds(2), 0.2);
        int before = aimd.limit();
        for (int i = 0; i < 200; i++) {
            now += Duration.ofMillis(5).toNanos();
            aimd.succeeded(now - Duration.ofMillis(400).toNanos(), ChunkLayout.CHUNK_BYTES, false);
        }
        assertThat(aimd.limit()).isEqualTo(before);
    }

    /** A chunk arrives each 20 ms, after {@code latencySeconds}. */
    private void run(Duration time, double latencySeconds) {
        for (long end = now + time.toNanos(); now < end; ) {
            now += Duration.ofMillis(20).toNanos();
            aimd.succeeded(now - (long) (latencySeconds * 1e9), ChunkLayout.CHUNK_BYTES, false);
        }
    }

    private void arrives(Duration latency, boolean inDemand) {
        now += latency.toNanos();
        aimd.succeeded(now - latency.toNanos(), ChunkLayout.CHUNK_BYTES, inDemand);
    }
}
