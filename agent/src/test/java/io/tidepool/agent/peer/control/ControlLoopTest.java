package io.tidepool.agent.peer.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ControlLoopTest {
    private static final long TICK_MILLIS = 20;

    @Test
    void hardlyAnyTimePassesWhileItStandsStill() throws Exception {
        try (ControlLoop loop = new ControlLoop("test")) {
            loop.every(TICK_MILLIS, loop::nanos);
            long before = on(loop, loop::nanos);
            loop.post(() -> sleep(Duration.ofSeconds(1)));
            assertThat(on(loop, loop::nanos) - before).isBetween(0L, TimeUnit.MILLISECONDS.toNanos(600));
        }
    }

    @Test
    void saysThatItStoodStill() throws Exception {
        try (ControlLoop loop = new ControlLoop("test")) {
            CompletableFuture<Long> told = new CompletableFuture<>();
            loop.onStandstill(told::complete);
            loop.every(TICK_MILLIS, loop::nanos);
            assertThat(told).isNotDone();
            loop.post(() -> sleep(Duration.ofMillis(2500)));
            assertThat(told.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(on(loop, loop::nanos));
        }
    }

    @Test
    void timePassesWhileItRuns() throws Exception {
        try (ControlLoop loop = new ControlLoop("test")) {
            loop.every(TICK_MILLIS, loop::nanos);
            long before = on(loop, loop::nanos);
            CountDownLatch later = new CountDownLatch(10);
            loop.every(TICK_MILLIS, later::countDown);
            assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(on(loop, loop::nanos) - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void goesOnAfterAFailure() throws Exception {
        try (ControlLoop loop = new ControlLoop("test")) {
            CountDownLatch ticks = new CountDownLatch(3);
            loop.every(TICK_MILLIS, () -> {
                ticks.countDown();
                throw new IllegalStateException("a test's");
            });
            assertThat(ticks.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void doesNothingOnceItIsClosed() throws Exception {
        ControlLoop loop = new ControlLoop("test");
        CountDownLatch before = new CountDownLatch(1);
        loop.post(before::countDown);
        loop.close();
        CompletableFuture<Void> after = new CompletableFuture<>();
        loop.post(() -> after.complete(null));
        assertThat(before.await(20, TimeUnit.SECONDS)).isTrue();
        sleep(Duration.ofMillis(50));
        assertThat(after).isNotDone();
    }

    private static <T> T on(ControlLoop loop, Supplier<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> answer.complete(question.get()));
        return answer.get(20, TimeUnit.SECONDS);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
