package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** With a clock of its own. */
class PauseTest {
    private static final Duration NOTHING = Duration.ZERO;

    private long now = 1;
    private final Pause pause = new Pause(() -> now);

    @Test
    void whatTheOriginAsksForIsObeyedWithALittleMore() {
        assertThat(pause.throttled(now, Duration.ofSeconds(3))).isTrue();
        assertThat(pause.leftNanos()).isBetween(3_000_000_000L, 3_600_000_000L);
        assertThat(pause.throttled(now, Duration.ofSeconds(1))).isFalse();
        assertThat(pause.leftNanos()).isGreaterThanOrEqualTo(3_000_000_000L);
    }

    @Test
    void oneThrottledRoundIsNoReasonAndASecondOneIs() {
        long sent = now;
        for (int i = 0; i < 32; i++) {
            assertThat(pause.throttled(sent, NOTHING)).isFalse();
            now++;
        }
        assertThat(pause.leftNanos()).isNegative();
        assertThat(pause.throttled(now, NOTHING)).isTrue();
        assertThat(pause.leftNanos()).isBetween(50_000_000L, 60_000_000L);
    }

    @Test
    void roundsOfThrottlingPauseLongerAndNeverOverTwoSecondsAndAFifth() {
        for (int i = 0; i < 100; i++) {
            pause.throttled(now, NOTHING);
            assertThat(pause.leftNanos()).isLessThanOrEqualTo(2_400_000_000L);
            now += Math.max(1, pause.leftNanos());
        }
        pause.throttled(now, NOTHING);
        assertThat(pause.leftNanos()).isGreaterThanOrEqualTo(2_000_000_000L);
    }

    @Test
    void anAnswerEndsTheRowOfThrottledRounds() {
        pause.throttled(now, NOTHING);
        now++;
        pause.succeeded(now);
        assertThat(pause.throttled(now, NOTHING)).isFalse();
        assertThat(pause.leftNanos()).isNegative();
    }
}
