package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a fill goes on without progress when it had to wait for its turn. */
@Timeout(60)
class PatienceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Metrics metrics = new Metrics();
    private final CountDownLatch firstReads = new CountDownLatch(1);
    private final CountDownLatch firstEnds = new CountDownLatch(1);
    private final AtomicInteger triesAtSecond = new AtomicInteger();
    private final PacedOrigin paced = new PacedOrigin(new Hiccups(), OriginLimits.of(1), metrics);
    private final OriginSource source = new OriginSource(Map.of("o", paced), PATIENCE, metrics);
    private final ObjectVersion version = new ObjectVersion("o", "k", "v", 2L * ChunkLayout.CHUNK_BYTES);

    /** Its first chunk takes long, its second fails at the first try. */
    private final class Hiccups implements Origin {
        @Override
        public String name() {
            return "o";
        }

        @Override
        public @Nullable ObjectInfo head(String key) {
            return null;
        }

        @Override
        public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit) {
            return new ListPage(List.of(), List.of(), null);
        }

        @Override
        public void read(ChunkId chunk, Landing into) throws ChunkException, InterruptedException {
            if (chunk.index() == 0) {
                firstReads.countDown();
                firstEnds.await();
            } else if (triesAtSecond.incrementAndGet() == 1) {
                throw new ChunkException(Kind.UNAVAILABLE, "reset");
            }
            ByteBuffer all = ByteBuffer.allocate(into.remaining());
            SyntheticBytes.fill(chunk.version().key(), 1, chunk.offset(), all);
            into.put(all.array(), all.capacity());
        }

        @Override
        public void close() {}
    }

    @Test
    void readAheadThatWaitedForItsTurnForLongOutlivesAHiccupForTheReaderWhoJoinedIt() throws Exception {
        ChunkId second = version.chunk(1);
        FillTicket ticket = new FillTicket(Priority.READ_AHEAD);
        LandingBuffer into = Buffers.of(second);
        try (ExecutorService fills = Executors.newVirtualThreadPerTaskExecutor()) {
            ChunkId first = version.chunk(0);
            Future<Boolean> slow =
                    fills.submit(() -> source.fill(first, Buffers.of(first), new FillTicket(Priority.DEMAND)));
            firstReads.await();
            Future<Boolean> ahead = fills.submit(() -> source.fill(second, into, ticket));
            Thread.sleep(PATIENCE.plusMillis(200));
            ticket.promote();
            firstEnds.countDown();
            assertThat(ahead.get()).isTrue();
            assertThat(slow.get()).isTrue();
        }
        assertThat(triesAtSecond).hasValue(2);
        assertThat(OssFixture.mismatch(second, into)).isEmpty();
    }
}
