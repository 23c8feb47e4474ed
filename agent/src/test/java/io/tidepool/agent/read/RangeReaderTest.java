package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.FakeSource;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.e2e.Eventually;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RangeReaderTest {
    private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
    private static final int LENGTH = 3 << 20;
    private static final ObjectVersion MODEL = new ObjectVersion("o", "m.safetensors", "e1", 2L * CHUNK + 5);

    @TempDir
    Path directory;

    private final Metrics metrics = new Metrics();
    private final FakeSource source = new FakeSource();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private DiskTier disk;
    private Fills fills;
    private ChunkCache cache;
    private RangeReader reader;

    @BeforeEach
    void open() throws Exception {
        disk = DiskTier.open(DiskOptions.of(directory, 1L << 30).keepingFree(0), metrics);
        LandingPool pool = new LandingPool(4L * CHUNK, metrics);
        fills = new Fills(pool, disk, List.of(disk, source), new Integrity(disk, metrics), metrics);
        cache = new ChunkCache(disk, fills);
        reader = new RangeReader(cache);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        fills.close();
        disk.close();
    }

    @Test
    void aReadThatJoinedAFillWhosePatienceEndsBeginsAFillOfItsOwn() throws Exception {
        Future<ByteBuffer> read = joinAndFail(Kind.UNAVAILABLE);
        assertThat(read.isDone()).isFalse();
        source.recover();
        source.allowAll();
        ByteBuffer bytes = read.get(20, TimeUnit.SECONDS);
        assertThat(bytes.remaining()).isEqualTo(LENGTH);
        assertThat(SyntheticBytes.check(MODEL.key(), 1, CHUNK, bytes)).isEmpty();
        assertThat(source.asked).containsExactly(MODEL.chunk(1), MODEL.chunk(1));
    }

    @Test
    void whatNoOtherTryCanHelpIsTheErrorOfWhoeverJoined() throws Exception {
        Future<ByteBuffer> read = joinAndFail(Kind.STALE);
        assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ChunkException.class)
                .hasMessageContaining("as the test wants");
        assertThat(source.asked).containsExactly(MODEL.chunk(1));
    }

    @Test
    void aReadHearsOfTheFailureOfItsOwnFillAtOnce() {
        source.failNext(Kind.UNAVAILABLE);
        assertThatThrownBy(this::read).isInstanceOf(ChunkException.class);
        assertThat(source.asked).containsExactly(MODEL.chunk(1));
    }

    /** A read joins the fill that read-ahead has begun, whereupon that fails. */
    private Future<ByteBuffer> joinAndFail(Kind why) throws Exception {
        var older = cache.prefetch(MODEL.chunk(1));
        assertThat(older).isNotNull();
        Future<ByteBuffer> read = threads.submit(this::read);
        Eventually.is("joined", () -> source.ticket != null && source.ticket.priority() == Priority.DEMAND);
        source.failNext(why);
        assertThat(older.get(20, TimeUnit.SECONDS).failure()).isNotNull();
        return read;
    }

    private ByteBuffer read() throws Exception {
        ByteBuffer into = ByteBuffer.allocate(LENGTH);
        Deadline deadline = Deadline.after(Duration.ofSeconds(20));
        int count = reader.read(MODEL, CHUNK, into, Priority.DEMAND, deadline, (tier, bytes) -> {});
        assertThat(count).isEqualTo(LENGTH);
        return into.flip();
    }
}
