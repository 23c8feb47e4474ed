package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With an origin that hangs as a call in the kernel does: no interrupt ends it. */
@Timeout(60)
class HangingOriginTest {
    private static final int SIZE = 100_000;
    private static final int LANDED = 1_000;
    private static final int CONCURRENCY = 4;
    private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
    private static final Duration LIMIT = Duration.ofMillis(200);

    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger heads = new AtomicInteger();
    private final Metrics metrics = new Metrics();
    private final HangingOrigin origin = new HangingOrigin(new Stuck(), LIMIT, CONCURRENCY, metrics);
    private final ChunkId id = new ObjectVersion("nas", "m", "v", SIZE).chunk(0);

    private class Stuck implements Origin {
        @Override
        public String name() {
            return "nas";
        }

        @Override
        public @Nullable ObjectInfo head(String key) {
            heads.incrementAndGet();
            answers.acquireUninterruptibly();
            return null;
        }

        @Override
        public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit) {
            answers.acquireUninterruptibly();
            return new ListPage(List.of(), List.of(), null);
        }

        @Override
        public void read(ChunkId chunk, Landing into) throws ChunkException, InterruptedException {
            if (into.landed() == 0) {
                into.put(new byte[LANDED], LANDED);
            }
            answers.acquireUninterruptibly();
            into.put(new byte[into.remaining()], into.remaining());
        }

        @Override
        public void close() {}
    }

    /** Its first two reads hang, then bring three blocks of four; the third is slower than they. */
    private final class Resuming extends Stuck {
        private final AtomicInteger reads = new AtomicInteger();
        private volatile boolean overtaken;

        @Override
        public void read(ChunkId chunk, Landing into) throws ChunkException, InterruptedException {
            int read = reads.incrementAndGet();
            if (read < 3) {
                answers.acquireUninterruptibly();
                bring(chunk, into, BLOCK);
                throw new ChunkException(Kind.UNAVAILABLE, "away again");
            }
            if (read == 3) {
                answers.release(2);
                while (into.missing() > BLOCK) {
                    Thread.sleep(1);
                }
            }
            try {
                bring(chunk, into, 0);
            } catch (InterruptedException e) {
                overtaken = true;
                throw e;
            }
        }

        private static void bring(ChunkId chunk, Landing into, int rest) throws InterruptedException {
            while (into.remaining() > rest) {
                ByteBuffer piece = ByteBuffer.allocate(Math.min(BLOCK, into.remaining()));
                SyntheticBytes.fill(chunk.version().key(), 1, chunk.offset() + into.landed(), piece);
                into.put(piece.array(), piece.capacity());
            }
        }
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
    void callsAtTheSameTimeAreFewHoweverManyAreAskedFor() throws Exception {
        List<Future<ChunkException>> failures = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                failures.add(callers.submit(() -> failure(() -> origin.head("m"))));
            }
        }
        for (Future<ChunkException> failure : failures) {
            assertThat(failure.get()).hasMessageContaining("check the mount of nas");
        }
        assertThat(heads).hasValueBetween(HangingOrigin.MOST_STUCK, HangingOrigin.MOST_STUCK + CONCURRENCY);
        answers.release(heads.get() + 1);
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

    @Test
    void aReadThatAbandonedOnesOvertakeGoesOnFromThere() throws Exception {
        Resuming resuming = new Resuming();
        ChunkId chunk = new ObjectVersion("nas", "m", "v", 4L * BLOCK).chunk(0);
        LandingBuffer into = Buffers.of(chunk);
        try (HangingOrigin nas = new HangingOrigin(resuming, LIMIT, CONCURRENCY, new Metrics())) {
            PacedOrigin paced = new PacedOrigin(nas, OriginLimits.of(4), metrics);
            OriginSource source = new OriginSource(Map.of("nas", paced), Duration.ofSeconds(30), metrics);
            source.fill(chunk, into, new FillTicket(Priority.DEMAND));
        }
        assertThat(resuming.overtaken).isTrue();
        assertThat(into.isFull()).isTrue();
        assertThat(OssFixture.mismatch(chunk, into)).isEmpty();
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
