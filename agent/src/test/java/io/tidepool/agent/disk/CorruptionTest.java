package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that are not those that were stored: found by a check, dropped, counted, and never handed on. */
class CorruptionTest {
    private static final int OBJECTS = 120;

    @TempDir
    Path temp;

    private final Metrics metrics = new Metrics();
    private final Random random = new Random(42);
    private Path cache;
    private DiskTier disk;

    @BeforeEach
    void open() throws Exception {
        cache = temp.resolve("cache");
        disk = Caches.open(cache, metrics, Caches.BOOT);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    /** The machine loses power, and the disk then holds something else. */
    private void powerCutAnd(Damage damage) throws Exception {
        Path copy = Caches.killedCopy(cache, temp.resolve("after"));
        disk.close();
        cache = copy;
        damage.apply();
        disk = Caches.open(cache, metrics, Caches.NEXT_BOOT);
    }

    private interface Damage {
        void apply() throws Exception;
    }

    private Path file(ObjectVersion version) {
        String hex = version.id().hex();
        return cache.resolve("objects").resolve(hex.substring(0, 2)).resolve(hex + ".chunks");
    }

    @Test
    void everyFlippedBitIsFound() throws Exception {
        List<ObjectVersion> versions = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
            versions.add(Oracle.version("flip" + i, 1 + random.nextInt(3 * Oracle.BLOCK)));
            Oracle.storeAll(disk, versions.getLast());
        }
        int[] flippedAt = new int[OBJECTS];
        powerCutAnd(() -> {
            for (int i = 0; i < OBJECTS; i++) {
                flippedAt[i] = random.nextInt((int) versions.get(i).sizeBytes());
                flip(file(versions.get(i)), flippedAt[i]);
            }
        });
        for (int i = 0; i < OBJECTS; i++) {
            ChunkId id = versions.get(i).chunk(0);
            LandingBuffer buffer = Oracle.empty(id);
            assertThat(Caches.fill(disk, id, buffer)).isFalse();
            // What was published before the bad block is right, and the bad block was not published.
            assertThat(buffer.watermark()).isEqualTo(flippedAt[i] / Oracle.BLOCK * Oracle.BLOCK);
            assertThat(Oracle.mismatch(id, 0, buffer.landed())).isEmpty();
            assertThat(disk.cachedBytes(versions.get(i))).isZero();
        }
        assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk")).isEqualTo(OBJECTS);
        assertThat(disk.versions()).isEmpty();
        Oracle.storeAll(disk, versions.getFirst());
        Oracle.assertCached(disk, versions.getFirst().chunk(0));
    }

    @Test
    void swappedChunksAndFilesAreFound() throws Exception {
        ObjectVersion one = Oracle.version("swap", 1, 4L * Oracle.CHUNK);
        ObjectVersion two = Oracle.version("swap", 2, 4L * Oracle.CHUNK);
        Oracle.storeAll(disk, one);
        Oracle.storeAll(disk, two);
        powerCutAnd(() -> {
            swap(file(one), 0, file(one), Oracle.CHUNK);
            swap(file(one), 3L * Oracle.CHUNK, file(two), 3L * Oracle.CHUNK);
        });
        for (ObjectVersion version : List.of(one, two)) {
            for (int i = 0; i < 4; i++) {
                boolean swapped = i == 3 || (version.equals(one) && i < 2);
                ChunkId id = version.chunk(i);
                assertThat(Caches.fill(disk, id, Oracle.empty(id)))
                        .as("fill of %s", id)
                        .isEqualTo(!swapped);
            }
        }
        assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk")).isEqualTo(4);
    }

    @Test
    void aHoleWhereAChunkShouldBeIsFound() throws Exception {
        ObjectVersion version = Oracle.version("hole", 3L * Oracle.CHUNK);
        Oracle.storeAll(disk, version);
        powerCutAnd(() -> {
            try (PosixFile file = PosixFile.open(file(version), false)) {
                file.punchHole(Oracle.CHUNK, Oracle.CHUNK);
            }
        });
        VerifyResult result = disk.verify(version, bytes -> {});
        assertThat(result.droppedChunks()).containsExactly(1);
        Oracle.assertCached(disk, version.chunk(0));
        Oracle.assertMiss(disk, version.chunk(1));
        Oracle.assertCached(disk, version.chunk(2));
    }

    @Test
    void verifyFindsWhatNoReaderWouldNotice() throws Exception {
        ObjectVersion version = Oracle.version("silent", 3L * Oracle.CHUNK + 5);
        Oracle.storeAll(disk, version);
        flip(file(version), 12_345);
        flip(file(version), 2L * Oracle.CHUNK + 12_345);
        List<Long> progress = new ArrayList<>();
        VerifyResult result;
        try (LogLines log = LogLines.capture(DiskTier.class)) {
            result = disk.verify(version, progress::add);
            assertThat(log.lines())
                    .contains(
                            "verify dropped a bad chunk: " + version.chunk(0),
                            "verify dropped a bad chunk: " + version.chunk(2));
        }
        assertThat(result.checkedChunks()).isEqualTo(4);
        assertThat(result.droppedChunks()).containsExactly(0, 2);
        assertThat(progress).hasSize(4).isSorted().last().isEqualTo(version.sizeBytes());
        assertThat(disk.cachedBytes(version)).isEqualTo(Oracle.CHUNK + 5);
        assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk")).isEqualTo(2);
    }

    @Test
    void aFileCutShortWhileItIsReadGivesAnErrorThenAMiss() throws Exception {
        ObjectVersion version = Oracle.version("cut", 3L * Oracle.CHUNK);
        Oracle.storeAll(disk, version);
        try (CachedRegion region = disk.region(version.chunk(2))) {
            try (FileChannel channel = FileChannel.open(file(version), StandardOpenOption.WRITE)) {
                channel.truncate(2L * Oracle.CHUNK + 1000);
            }
            ByteBuffer dst = ByteBuffer.allocate(4096);
            assertThat(region.read(0, dst.limit(1000))).isEqualTo(1000);
            assertThatThrownBy(() -> region.read(500, dst.clear())).isInstanceOf(IOException.class);
        }
        Oracle.assertMiss(disk, version.chunk(2));
        Oracle.assertCached(disk, version.chunk(1));
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "short_read")).isEqualTo(1);
        Oracle.storeAll(disk, version);
        Oracle.assertCached(disk, version.chunk(2));
    }

    @Test
    void aFileCutShortBehindOurBackNeverGetsZerosInTheGap() throws Exception {
        ObjectVersion version = Oracle.version("cut", 4L * Oracle.CHUNK);
        for (int i = 0; i < 3; i++) {
            assertThat(disk.store(version.chunk(i), Oracle.chunk(version.chunk(i))))
                    .isTrue();
        }
        try (CachedRegion region = disk.region(version.chunk(2))) {
            try (FileChannel channel = FileChannel.open(file(version), StandardOpenOption.WRITE)) {
                channel.truncate(Oracle.CHUNK + 1000);
            }
            disk.store(version.chunk(3), Oracle.chunk(version.chunk(3)));
            assertThatThrownBy(() -> region.read(0, ByteBuffer.allocate(4096))).isInstanceOf(IOException.class);
        }
        for (int i = 0; i < 3; i++) {
            Oracle.assertMiss(disk, version.chunk(i));
        }
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "short_read")).isPositive();
        Oracle.storeAll(disk, version);
        for (int i = 0; i < 4; i++) {
            Oracle.assertCached(disk, version.chunk(i));
        }
    }

    @Test
    void aFileCutShortWhileTheAgentWasAwayLosesOnlyItsTail() throws Exception {
        ObjectVersion version = Oracle.version("cut", 3L * Oracle.CHUNK);
        Oracle.storeAll(disk, version);
        disk.close();
        try (FileChannel channel = FileChannel.open(file(version), StandardOpenOption.WRITE)) {
            channel.truncate(3L * Oracle.CHUNK - 1);
        }
        disk = Caches.open(cache, metrics, Caches.BOOT);
        assertThat(disk.cachedBytes(version)).isEqualTo(2L * Oracle.CHUNK);
        Oracle.assertMiss(disk, version.chunk(2));
        Oracle.assertCached(disk, version.chunk(1));
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "short_read")).isEqualTo(1);
    }

    @Test
    void aDeletedFileIsAMissAndNeverZeros() throws Exception {
        disk.close();
        DiskOptions oneOpen = new DiskOptions(cache, 1L << 30, 0.95, 0.9, 0, 1);
        disk = DiskTier.open(oneOpen, metrics);
        ObjectVersion version = Oracle.version("deleted", 3L * Oracle.CHUNK);
        ObjectVersion other = Oracle.version("other", 10);
        disk.store(version.chunk(0), Oracle.chunk(version.chunk(0)));
        Files.delete(file(version));
        // Still open, so still right.
        Oracle.assertCached(disk, version.chunk(0));
        Oracle.storeAll(disk, other);
        Oracle.assertCached(disk, other.chunk(0));
        // The descriptor is closed by now. A store must not make a new file in which the old chunk reads as zeros.
        boolean stored = disk.store(version.chunk(1), Oracle.chunk(version.chunk(1)));
        assertThat(stored).isFalse();
        Oracle.assertMiss(disk, version.chunk(0));
        assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "io_error")).isEqualTo(1);
        Oracle.storeAll(disk, version);
        Oracle.storeAll(disk, other);
        Oracle.assertCached(disk, other.chunk(0));
        Files.delete(file(version));
        Oracle.assertMiss(disk, version.chunk(0));
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "missing_file")).isEqualTo(1);
        assertThat(disk.cachedBytes(version)).isZero();
        Oracle.storeAll(disk, version);
        Oracle.assertCached(disk, version.chunk(2));
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ (1 << (at % 8))));
            channel.write(one.flip(), at);
        }
    }

    private static void swap(Path a, long atA, Path b, long atB) throws IOException {
        try (FileChannel channelA = FileChannel.open(a, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel channelB = FileChannel.open(b, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer fromA = ByteBuffer.allocate(Oracle.CHUNK);
            ByteBuffer fromB = ByteBuffer.allocate(Oracle.CHUNK);
            channelA.read(fromA, atA);
            channelB.read(fromB, atB);
            channelA.write(fromB.flip(), atA);
            channelB.write(fromA.flip(), atB);
        }
    }
}
