package io.tidepool.agent.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.e2e.Eventually;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.Crc64;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChunkCacheTest {
    private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
    private static final ObjectVersion MODEL = new ObjectVersion("o", "m.safetensors", "e1", 2L * CHUNK + 5);

    @TempDir
    Path directory;

    private final Metrics metrics = new Metrics();
    private final FakeSource source = new FakeSource();
    private LandingPool pool;
    private DiskTier disk;
    private Fills fills;
    private Integrity integrity;
    private ChunkCache cache;

    @BeforeEach
    void open() throws Exception {
        disk = DiskTier.open(DiskOptions.of(directory, 1L << 30).keepingFree(0), metrics);
        pool = new LandingPool(4L * CHUNK, metrics);
        integrity = new Integrity(disk, metrics);
        fills = new Fills(pool, disk, List.of(disk, source), integrity, metrics);
        cache = new ChunkCache(disk, fills);
    }

    @AfterEach
    void close() {
        fills.close();
        disk.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    private Tier readAndCheck(ChunkId id, int offset, int length) throws Exception {
        try (ChunkLease lease = cache.acquire(id, Reach.ORIGIN, Priority.DEMAND)) {
            return readAndCheck(lease, id, offset, length);
        }
    }

    private static Tier readAndCheck(ChunkLease lease, ChunkId id, int offset, int length) throws Exception {
        ByteBuffer into = ByteBuffer.allocate(length);
        Tier tier = lease.read(offset, into, soon());
        assertThat(SyntheticBytes.check(id.version().key(), 1, id.offset() + offset, into.array()))
                .isEmpty();
        return tier;
    }

    /** Lets just the bytes of this read land, and not before it waits for them. */
    private Tier readThatWaits(ChunkId id, int offset, int length) throws Exception {
        try (ChunkLease lease = cache.acquire(id, Reach.ORIGIN, Priority.DEMAND)) {
            FutureTask<Tier> read = new FutureTask<>(() -> readAndCheck(lease, id, offset, length));
            Thread reader = Thread.ofPlatform().start(read);
            Eventually.is("the reader waits", () -> reader.getState() == Thread.State.TIMED_WAITING);
            source.allow((offset + length) >> 20);
            return read.get(20, TimeUnit.SECONDS);
        }
    }

    private void awaitKept(ChunkId id) throws Exception {
        var ended = cache.prefetch(id);
        if (ended != null) {
            assertThat(ended.get(20, TimeUnit.SECONDS).kept()).isTrue();
        }
    }

    @Test
    void manyReadersCostOneFill() throws Exception {
        List<Future<Tier>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                int offset = i * 100_000;
                readers.add(threads.submit(() -> readAndCheck(MODEL.chunk(0), offset, 1000)));
            }
            source.allowAll();
            for (Future<Tier> reader : readers) {
                reader.get(20, TimeUnit.SECONDS);
            }
        }
        assertThat(source.asked).containsExactly(MODEL.chunk(0));
        awaitKept(MODEL.chunk(0));
        assertThat(readAndCheck(MODEL.chunk(0), 0, CHUNK)).isEqualTo(Tier.DISK);
        assertThat(pool.usedBytes()).isZero();
        assertThat(source.asked).hasSize(1);
    }

    @Test
    void aReadIsAnsweredWhenItsOwnBytesHaveLanded() throws Exception {
        assertThat(readThatWaits(MODEL.chunk(1), 1 << 20, 1 << 20)).isEqualTo(Tier.ORIGIN);
        assertThat(readAndCheck(MODEL.chunk(1), 5, 1 << 20)).isEqualTo(Tier.MEMORY);
        try (ChunkLease lease = cache.acquire(MODEL.chunk(1), Reach.DISK, Priority.DEMAND)) {
            assertThat(lease.isReady(0, 2 << 20)).isTrue();
            assertThat(lease.isReady(0, (2 << 20) + 1)).isFalse();
        }
        source.allowAll();
        awaitKept(MODEL.chunk(1));
    }

    @Test
    void withoutReachToTheOriginAMissIsAValue() throws Exception {
        assertThat(cache.acquire(MODEL.chunk(0), Reach.DISK, Priority.DEMAND)).isNull();
        assertThat(source.asked).isEmpty();
    }

    @Test
    void aFailureReachesItsReadersAndTheNextReaderTriesAgain() throws Exception {
        source.failNext(Kind.UNAVAILABLE);
        assertThatThrownBy(() -> readAndCheck(MODEL.chunk(0), 0, 10))
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
        source.recover();
        source.allowAll();
        readAndCheck(MODEL.chunk(0), 0, 10);
        assertThat(source.asked).hasSize(2);
        awaitKept(MODEL.chunk(0));
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void aChunkThatTheDiskRefusesIsServedFromMemory() throws Exception {
        disk.close(); // From now on it keeps nothing.
        source.allowAll();
        for (int offset = 0; offset < CHUNK; offset += 1 << 20) {
            readAndCheck(MODEL.chunk(0), offset, 1 << 20);
        }
        assertThat(source.asked).containsExactly(MODEL.chunk(0));
        // Four buffers, of which two may hold such chunks: the others stay free for new fills.
        readAndCheck(MODEL.chunk(1), 0, 10);
        readAndCheck(MODEL.chunk(2), 0, 5);
        assertThat(pool.usedBytes()).isLessThanOrEqualTo(3L * CHUNK);
    }

    @Test
    void whatIsEvictedOrQuarantinedGoesFromMemoryAtOnce() throws Exception {
        disk.close(); // From now on it keeps nothing.
        source.allowAll();
        readAndCheck(MODEL.chunk(0), 0, 10);
        awaitUnkept(MODEL.chunk(0));
        readAndCheck(MODEL.chunk(0), 0, 10);
        assertThat(source.asked).hasSize(1);
        disk.dropAll(MODEL);
        assertThat(pool.usedBytes()).isZero();
        readAndCheck(MODEL.chunk(0), 0, 10);
        awaitUnkept(MODEL.chunk(0));
        assertThat(source.asked).hasSize(2);
        disk.quarantine(MODEL);
        assertThat(pool.usedBytes()).isZero();
        assertThatThrownBy(() -> readAndCheck(MODEL.chunk(0), 0, 10))
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
        assertThat(source.asked).hasSize(2);
    }

    private void awaitUnkept(ChunkId id) throws Exception {
        var ended = cache.prefetch(id);
        assertThat(ended.get(20, TimeUnit.SECONDS).kept()).isFalse();
    }

    @Test
    void aVersionWhoseWholeChecksumIsWrongOnceIsFetchedAnew() throws Exception {
        integrity.expect(new ObjectInfo(MODEL, Instant.EPOCH, OptionalLong.of(wholeCrc64())));
        source.flip(4_000_000);
        source.allowAll();
        awaitAllKept();
        assertThat(disk.cachedBytes(MODEL)).as("dropped").isZero();
        source.flip(-1);
        awaitAllKept();
        assertThat(metrics.count(Metric.OBJECTS_MISMATCHED)).isEqualTo(1);
        assertThat(metrics.count(Metric.OBJECTS_QUARANTINED)).isZero();
        assertThat(readAndCheck(MODEL.chunk(0), 4_000_000, 10)).isEqualTo(Tier.DISK);
    }

    @Test
    void anObjectOfOneChunkIsCheckedBeforeAnybodyReadsIt() throws Exception {
        ObjectVersion small = new ObjectVersion("origin", "small", "etag", 5_000_000);
        Crc64 whole = new Crc64();
        whole.update(ByteBuffer.wrap(SyntheticBytes.range("small", 1, 0, 5_000_000)));
        integrity.expect(new ObjectInfo(small, Instant.EPOCH, OptionalLong.of(whole.value())));
        source.flip(4_000_000);
        source.allow(3);
        try (ChunkLease lease = cache.acquire(small.chunk(0), Reach.ORIGIN, Priority.DEMAND)) {
            assertThatThrownBy(() -> lease.read(0, ByteBuffer.allocate(10), Deadline.after(Duration.ofMillis(200))))
                    .isInstanceOfSatisfying(
                            ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE));
            source.allow(2);
            while (metrics.count(Metric.OBJECTS_MISMATCHED) == 0) {
                assertThat(lease.isReady(0, 1)).isFalse();
                Thread.onSpinWait();
            }
            source.flip(-1);
            source.allowAll();
            ByteBuffer bytes = ByteBuffer.allocate(10);
            lease.read(4_000_000, bytes, soon());
            assertThat(SyntheticBytes.check("small", 1, 4_000_000, bytes.flip()))
                    .isEmpty();
        }
        assertThat(source.asked).hasSize(2);
    }

    private void awaitAllKept() throws Exception {
        for (int index = 0; index < MODEL.chunkCount(); index++) {
            awaitKept(MODEL.chunk(index));
        }
    }

    @Test
    void aVersionWhoseWholeChecksumIsWrongTwiceIsQuarantined() throws Exception {
        integrity.expect(new ObjectInfo(MODEL, Instant.EPOCH, OptionalLong.of(wholeCrc64())));
        source.flip(4_000_000);
        source.allowAll();
        awaitAllKept();
        awaitAllKept();
        assertThat(metrics.count(Metric.OBJECTS_QUARANTINED)).isEqualTo(1);
        assertThatThrownBy(() -> readAndCheck(MODEL.chunk(0), 0, 10))
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
    }

    @Test
    void aVersionWhoseWholeChecksumIsRightIsKept() throws Exception {
        integrity.expect(new ObjectInfo(MODEL, Instant.EPOCH, OptionalLong.of(wholeCrc64())));
        source.allowAll();
        for (int index = 0; index < MODEL.chunkCount(); index++) {
            awaitKept(MODEL.chunk(index));
        }
        assertThat(metrics.count(Metric.OBJECTS_QUARANTINED)).isZero();
        assertThat(readAndCheck(MODEL.chunk(2), 0, 5)).isEqualTo(Tier.DISK);
    }

    private static long wholeCrc64() {
        Crc64 crc64 = new Crc64();
        crc64.update(ByteBuffer.wrap(SyntheticBytes.range(MODEL.key(), 1, 0, (int) MODEL.sizeBytes())));
        return crc64.value();
    }

    @Test
    void aCacheFileThatWasCutShortIsFetchedAgain() throws Exception {
        source.allowAll();
        awaitKept(MODEL.chunk(1));
        truncate(disk.path(MODEL), CHUNK + 100L);
        try (ChunkLease lease = cache.acquire(MODEL.chunk(1), Reach.ORIGIN, Priority.DEMAND)) {
            assertThatThrownBy(() -> lease.read(0, ByteBuffer.allocate(1000), soon()))
                    .isInstanceOfSatisfying(
                            ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
        }
        readAndCheck(MODEL.chunk(1), 0, 1000);
        assertThat(source.asked).hasSize(2);
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
