package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When every request stalls. */
@Timeout(60)
class HedgingTest {
    private static final int BURST = 8;

    private final Metrics metrics = new Metrics();
    private final Hedging hedging = new Hedging("read", 0.001, metrics);

    @Test
    void theOriginsBudgetIsAskedOnlyForHedgesThatMayBeSent() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        stallUntil("no_budget", 2 * BURST, 3 * BURST, () -> asked.incrementAndGet() > 0);
        assertThat(asked).hasValue(BURST);
    }

    @Test
    void oneThatTheOriginsBudgetForbadeIsNotPaidFor() throws Exception {
        stallUntil("not_now", BURST, BURST, () -> false);
        stallUntil("not_now", 2 * BURST, BURST, () -> false);
        assertThat(count("no_budget")).isZero();
    }

    private void stallUntil(String result, int times, int requests, BooleanSupplier allowed) throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                answers.add(threads.submit(() -> hedging.run(
                        idle -> {
                            answer.await();
                            return true;
                        },
                        allowed)));
            }
            while (count(result) < times) {
                Thread.sleep(5);
            }
            answer.countDown();
        }
        for (Future<Boolean> each : answers) {
            assertThat(each.get()).isTrue();
        }
    }

    private double count(String result) {
        return metrics.count(Metric.ORIGIN_HEDGES, "read", result);
    }
}
