package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With an origin that hangs as a call in the kernel does: no interrupt ends it. */
@Timeout(60)
class HangingOriginTest {
    private static final int SIZE = 100_000;
    private static final int LANDED = 1_000;
    private static final Duration LIMIT = Duration.ofMillis(200);

    private final Semaphore answers = new Semaphore(0);
    private final Metrics metrics = new Metrics();
    private final HangingOrigin origin = new HangingOrigin(new Stuck(), LIMIT, metrics);
    private final ChunkId id = new ObjectVersion("nas", "m", "v", SIZE).chunk(0);

    private final class Stuck implements Origin {
        @Override
        public String name() {
            return "nas";
        }

        @Override
        public @Nullable ObjectInfo head(String key) {
            answers.acquireUninterruptibly();
            return null;
        }

        @Override
        public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit) {
            answers.acquireUninterruptibly();
            return new ListPage(List.of(), List.of(), null);
        }

        @Override
        public void read(ChunkId chunk, Landing into) throws InterruptedException {
            if (into.landed() == 0) {
                into.put(new byte[LANDED], LANDED);
            }
            answers.acquireUninterruptibly();
            into.put(new byte[into.remaining()], into.remaining());
        }

        @Override
        public void close() {}
    }

    @AfterEach
    void close() {
        answers.release(1000);
        origin.close();
    }

    @Test
    void callersAreLetGoAndTheOthersAreNotTriedWhenTooManyHang() throws Exception {
        for (int i = 0; i < HangingOrigin.MOST_STUCK; i++) {
            assertThat(failure(i % 2 == 0 ? () -> origin.head("m") : () -> origin.list("", true, null, 1)))
                    .hasMessageContaining("hangs")
                    .hasMessageContaining("check the mount of nas");
        }
        assertThat(stuck()).isEqualTo(HangingOrigin.MOST_STUCK);
        assertThat(failure(() -> origin.head("m"))).hasMessageContaining("was not tried");

        answers.release(HangingOrigin.MOST_STUCK + 1);
        while (stuck() > 0) {
            Thread.sleep(1);
        }
        assertThat(origin.head("m")).isNull();
    }

    @Test
    void aHangingReadFailsInTimeAndLandsNothingAfterTheFillsEnd() throws Exception {
        PacedOrigin paced = new PacedOrigin(origin, OriginLimits.of(4), metrics);
        OriginSource source = new OriginSource(Map.of("nas", paced), Duration.ofSeconds(1), metrics);
        LandingBuffer into = Buffers.of(id);
        ChunkException failure = failure(() -> source.fill(id, into, new FillTicket(Priority.DEMAND)));
        assertThat(failure).hasMessageContaining("hangs");
        assertThat(into.watermark()).isEqualTo(LANDED);
        assertThat(stuck()).isPositive();
        answers.release(100);
        while (stuck() > 0) {
            Thread.sleep(1);
        }
        assertThat(into.watermark()).isEqualTo(LANDED);
    }

    private double stuck() {
        return metrics.registry()
                .get(Metric.ORIGIN_STUCK_CALLS.prometheusName())
                .gauge()
                .value();
    }

    private interface Failing {
        void run() throws Exception;
    }

    private static ChunkException failure(Failing call) {
        ChunkException e = catchThrowableOfType(ChunkException.class, call::run);
        assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
        return e;
    }
}
