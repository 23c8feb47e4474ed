package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private long now = 1_000_000;
    private final List<String> changes = new ArrayList<>();
    private final Breaker breaker = new Breaker(() -> now, why -> changes.add(why == null ? "back" : why));

    private void passMillis(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed("broken");
        }
    }

    @Test
    void aSuccessBetweenFailuresForgetsThem() {
        fail(2);
        breaker.succeeded();
        fail(2);
        assertThat(breaker.mayTry()).isTrue();
        fail(1);
        assertThat(breaker.mayTry()).isFalse();
        assertThat(breaker.why()).isEqualTo("broken");
    }

    @Test
    void whatThePageCacheAnswersForgetsNothingButTimeDoes() {
        fail(2);
        breaker.perhapsSucceeded();
        passMillis(61_000);
        fail(2);
        assertThat(breaker.mayTry()).isTrue();
        breaker.perhapsSucceeded();
        fail(1);
        assertThat(breaker.mayTry()).isFalse();
    }

    @Test
    void oneCallerAtATimeTriesAndFailuresSpaceThemOutToTenSeconds() {
        fail(3);
        long waited = 0;
        List<Long> waits = new ArrayList<>();
        while (waits.size() < 8) {
            passMillis(50);
            waited += 50;
            if (breaker.mayTry()) {
                assertThat(breaker.mayTry()).as("a second caller").isFalse();
                waits.add(waited);
                waited = 0;
                if (waits.size() % 2 == 0) { // one that reports nothing is no more than a lost turn
                    fail(1);
                }
            }
        }
        assertThat(waits).containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
        assertThat(changes).containsExactly("broken");
    }

    @Test
    void theFirstTryThatWorksBringsItBack() {
        fail(3);
        breaker.succeeded();
        assertThat(breaker.mayTry())
                .as("what began before it broke proves nothing")
                .isFalse();
        passMillis(250);
        assertThat(breaker.mayTry()).isTrue();
        breaker.perhapsSucceeded();
        assertThat(breaker.mayTry()).isTrue();
        assertThat(breaker.why()).isNull();
        fail(2);
        assertThat(breaker.mayTry()).isTrue();
        assertThat(changes).containsExactly("broken", "back");
    }
}
