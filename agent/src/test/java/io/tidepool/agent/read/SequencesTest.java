package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SequencesTest {
    private static final int KIB_128 = 128 << 10;

    private final Sequences sequences = new Sequences();

    @Test
    void oneReaderIsOneRun() {
        long run = 0;
        for (int i = 0; i < 100; i++) {
            run = sequences.note((long) i * KIB_128, KIB_128);
        }
        assertThat(run).isEqualTo(100L * KIB_128);
    }

    @Test
    void interleavedReadersOfOneDescriptorAreTheirOwnRuns() {
        long[] starts = {0, 1L << 30, 2L << 30, 3L << 30, 7L << 30, 9L << 30, 11L << 30, 20L << 30};
        long run = 0;
        for (int i = 0; i < 50; i++) {
            for (long start : starts) {
                run = sequences.note(start + (long) i * KIB_128, KIB_128);
            }
        }
        assertThat(run).isEqualTo(50L * KIB_128);
    }

    @Test
    void requestsThatTheKernelReordersStayOneRun() {
        int[] order = {1, 0, 3, 2, 5, 4, 7, 6};
        long run = 0;
        for (int i : order) {
            run = sequences.note((long) i * KIB_128, KIB_128);
        }
        assertThat(run).isEqualTo(8L * KIB_128 - KIB_128);
    }

    @Test
    void randomReadsMakeNoRun() {
        Random random = new Random(1);
        long longest = 0;
        for (int i = 0; i < 1000; i++) {
            longest = Math.max(longest, sequences.note(random.nextLong(1L << 42), 4096));
        }
        assertThat(longest).isLessThan(1 << 20);
    }
}
