package io.tidepool.agent.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunningClockTest {
    private final AtomicLong time = new AtomicLong(-500);
    private final RunningClock clock = new RunningClock(time::get, 100);

    @Test
    void timePassesAsLongAsSomebodyLooks() {
        long start = clock.nanos();
        for (int i = 0; i < 20; i++) {
            time.addAndGet(100);
            assertThat(clock.look()).isEqualTo(100);
        }
        assertThat(clock.nanos() - start).isEqualTo(2_000);
    }

    @Test
    void aStandstillCountsNoMoreThanTheMost() {
        long start = clock.nanos();
        time.addAndGet(1_000_000);
        assertThat(clock.nanos() - start).isEqualTo(100);
        time.addAndGet(30);
        assertThat(clock.nanos() - start).isEqualTo(130);
    }

    @Test
    void saysHowLongNobodyLooked() {
        time.addAndGet(777);
        assertThat(clock.look()).isEqualTo(777);
        assertThat(clock.look()).isZero();
    }
}
