package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BudgetTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(1);

    @Test
    void bytesComeNoFasterThanTheBudgetOnceItsBurstIsSpent() throws Exception {
        Budget budget = new Budget(4L * ChunkLayout.CHUNK_BYTES, 0);
        long start = System.nanoTime();
        for (int i = 0; i < 8; i++) {
            assertThat(budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), LONG))
                    .isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void requestsComeNoFasterThanTheBudget() throws Exception {
        Budget budget = new Budget(0, 20);
        long start = System.nanoTime();
        for (int i = 0; i < 40; i++) {
            assertThat(budget.take(0, new FillTicket(Priority.DEMAND), LONG)).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
        assertThat(budget.takeNow(0)).isFalse();
    }

    @Test
    void aRequestWithoutBytesNeedsNone() {
        assertThat(new Budget(1 << 20, 0).takeNow(0)).isTrue();
    }

    @Test
    void whoGetsNoBytesKeepsNoRequest() throws Exception {
        Budget budget = new Budget(1, 2);
        budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), LONG);
        for (int i = 0; i < 20; i++) {
            assertThat(budget.takeNow(ChunkLayout.CHUNK_BYTES)).isFalse();
            assertThat(budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), 0))
                    .isFalse();
        }
        assertThat(budget.takeNow(0)).as("the second request").isTrue();
    }

    @Test
    void whoGoesAwayTakesNothingAlong() throws Exception {
        Budget budget = new Budget(ChunkLayout.CHUNK_BYTES, 2);
        budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), LONG);
        for (int i = 0; i < 20; i++) {
            Thread waiter = Thread.ofPlatform()
                    .start(() -> assertThatThrownBy(
                                    () -> budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), LONG))
                            .isInstanceOf(InterruptedException.class));
            while (waiter.getState() != Thread.State.TIMED_WAITING) {
                assertThat(waiter.isAlive()).isTrue();
            }
            waiter.interrupt();
            waiter.join();
        }
        assertThat(budget.take(ChunkLayout.CHUNK_BYTES, new FillTicket(Priority.DEMAND), TimeUnit.SECONDS.toNanos(5)))
                .as("within little more than a second")
                .isTrue();
    }

    @Test
    void demandGoesBeforeReadAhead() throws Exception {
        Budget budget = new Budget(1, 2);
        LinkedBlockingQueue<Priority> order = new LinkedBlockingQueue<>();
        take(budget, Priority.DEMAND, order).join();
        take(budget, Priority.DEMAND, order).join();
        order.clear();
        // The first is at the head of the queue already and waits for the bucket.
        for (Priority each : List.of(Priority.READ_AHEAD, Priority.READ_AHEAD, Priority.DEMAND)) {
            take(budget, each, order);
            Thread.sleep(50);
        }
        assertThat(List.of(order.take(), order.take(), order.take()))
                .containsExactly(Priority.READ_AHEAD, Priority.DEMAND, Priority.READ_AHEAD);
    }

    private static Thread take(Budget budget, Priority priority, LinkedBlockingQueue<Priority> order) {
        return Thread.ofVirtual().start(() -> {
            try {
                if (budget.take(0, new FillTicket(priority), LONG)) {
                    order.add(priority);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void aReaderIsToldThatTheBudgetWasWhyNoBytesCameInTime() throws Exception {
        try (OssFixture fixture = new OssFixture()) {
            ObjectVersion version = fixture.put("m", 2L * ChunkLayout.CHUNK_BYTES);
            PacedOrigin paced = new PacedOrigin(fixture.oss, new OriginLimits(4, 1 << 20, 0, 0), fixture.metrics);
            OriginSource source = new OriginSource(Map.of("bucket", paced), Duration.ofSeconds(1), fixture.metrics);
            fill(source, version.chunk(0));
            ChunkException failure = catchThrowableOfType(ChunkException.class, () -> fill(source, version.chunk(1)));
            assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
            assertThat(failure).hasMessageContaining("this origin's limits allow 1048576 bytes");
            assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(1);
        }
    }

    @Test
    void theLoserOfARaceGivesBackTheBytesThatItDidNotBring() throws Exception {
        try (OssFixture fixture = new OssFixture()) {
            ObjectVersion version = fixture.put("m", ChunkLayout.CHUNK_BYTES / 2);
            ObjectVersion next = fixture.put("next", ChunkLayout.CHUNK_BYTES / 2);
            ActiveFault stalled = fixture.emulator
                    .faults()
                    .add(FaultRule.on("m", Fault.stallForever(0)).times(1));
            // A chunk's worth of bytes, and as good as none for days.
            PacedOrigin paced = new PacedOrigin(fixture.patient, new OriginLimits(4, 1, 0, 1), fixture.metrics);
            OriginSource source = new OriginSource(Map.of("bucket", paced), Duration.ofSeconds(20), fixture.metrics);
            fill(source, version.chunk(0));
            assertThat(stalled.fired()).isEqualTo(1);
            assertThat(fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "won"))
                    .isEqualTo(1);
            fill(source, next.chunk(0));
        }
    }

    private static void fill(OriginSource source, ChunkId id) throws ChunkException, InterruptedException {
        source.fill(id, Buffers.of(id), new FillTicket(Priority.DEMAND));
    }
}
