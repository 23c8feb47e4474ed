package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateMeterTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RateMeter meter = new RateMeter(nanos::get, 100);

    private void after(Duration time, long value) {
        nanos.addAndGet(time.toNanos());
        meter.note(value);
    }

    @Test
    void theRateIsThatOfTheLastSeconds() {
        for (int second = 1; second <= 10; second++) {
            after(Duration.ofSeconds(1), 100 + second * 1000);
        }
        for (int second = 1; second <= 6; second++) {
            after(Duration.ofSeconds(1), 10_100 + second * 10);
        }
        assertThat(meter.perSecond()).isEqualTo(10);
        assertThat(meter.overallPerSecond()).isEqualTo(10_060 / 16.0);
        assertThat(meter.timeTo(10_260)).isEqualTo(Duration.ofSeconds(10));
        assertThat(meter.elapsed()).isEqualTo(Duration.ofSeconds(16));
    }

    @Test
    void whatStandsStillHasNoEnd() {
        assertThat(meter.perSecond()).isZero();
        assertThat(meter.timeTo(200)).isNull();
        after(Duration.ofSeconds(1), 100);
        assertThat(meter.timeTo(200)).isNull();
    }

    @Test
    void whatIsThereNeedsNoTime() {
        after(Duration.ofSeconds(1), 200);
        assertThat(meter.timeTo(200)).isEqualTo(Duration.ZERO);
    }
}
