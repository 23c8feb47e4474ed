package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private static final ObjectVersion MODEL = new ObjectVersion("bucket", "model.bin", "1", 1L << 30);
    private static final ObjectVersion OTHER = new ObjectVersion("bucket", "other.bin", "1", 1L << 30);

    private final SlowStart start = new SlowStart();
    private int next;

    @Test
    void asksForFewAtFirstAndForMoreLater() {
        assertThat(entered(0)).isEqualTo(4);
        assertThat(entered(40)).isZero();
        assertThat(entered(250)).isEqualTo(5);
        assertThat(entered(1600)).isGreaterThan(50);
    }

    @Test
    void whatHasEndedMakesRoom() {
        assertThat(entered(0)).isEqualTo(4);
        start.ended(MODEL.chunk(0));
        start.ended(MODEL.chunk(1));
        assertThat(entered(0)).isEqualTo(2);
    }

    @Test
    void demandDoesNotWaitNorDoOtherObjects() {
        assertThat(entered(0)).isEqualTo(4);
        assertThat(start.tryEnter(MODEL.chunk(99), Priority.DEMAND, millis(0))).isTrue();
        assertThat(start.tryEnter(OTHER.chunk(0), Priority.READ_AHEAD, millis(0)))
                .isTrue();
    }

    @Test
    void aLoadThatComesLaterStartsSlowlyAgain() {
        assertThat(entered(0)).isEqualTo(4);
        for (int i = 0; i < next; i++) {
            start.ended(MODEL.chunk(i));
        }
        assertThat(entered(10_000)).isEqualTo(4);
    }

    /** How many of the next chunks may begin at a time, at most 100. */
    private int entered(long atMillis) {
        int count = 0;
        while (count < 100 && start.tryEnter(MODEL.chunk(next), Priority.READ_AHEAD, millis(atMillis))) {
            next++;
            count++;
        }
        return count;
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis) + 1;
    }
}
