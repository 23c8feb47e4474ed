package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full file system costs the chunk that didn't fit, and nothing else. Mounts a small tmpfs: needs root. */
class FullDiskTest {
    private static final long CHUNK = Oracle.CHUNK;

    @TempDir
    Path temp;

    private final Metrics metrics = new Metrics();
    private @Nullable SmallDisk small;
    private Path mount;
    private DiskTier disk;

    @BeforeEach
    void mount() throws Exception {
        small = SmallDisk.mount(temp.resolve("small"), "64m");
        mount = small.path();
        disk = Caches.open(mount.resolve("cache"), metrics, Caches.BOOT);
    }

    @AfterEach
    void unmount() throws Exception {
        if (small != null) {
            disk.close();
            small.close();
        }
    }

    private boolean store(ObjectVersion version, int chunk) {
        return disk.store(version.chunk(chunk), Oracle.chunk(version.chunk(chunk)));
    }

    @Test
    void whatDoesNotFitIsNotKept() throws Exception {
        ObjectVersion pinned = Oracle.version("pinned", 10 * CHUNK);
        disk.setPinned(pinned, true);
        int kept = 0;
        try (LogLines log = LogLines.capture(DiskTier.class)) {
            while (kept < 10 && store(pinned, kept)) {
                kept++;
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .matches(".*\\(no_room: the disk has room for \\d\\d MiB of the capacity's 4096 MiB.*");
        }
        assertThat(kept).isBetween(5, 7);
        assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "no_room")).isEqualTo(1);
        assertThat(disk.cachedBytes(pinned)).isEqualTo(kept * CHUNK);
        Oracle.assertMiss(disk, pinned.chunk(kept));
        // A chunk that doesn't fit isn't begun: something small still fits.
        ObjectVersion small = Oracle.version("small", 100_000);
        Oracle.storeAll(disk, small);
        disk.close();
        disk = Caches.open(mount.resolve("cache"), metrics, Caches.BOOT);
        for (int i = 0; i < kept; i++) {
            Oracle.assertCached(disk, pinned.chunk(i));
        }
        Oracle.assertCached(disk, small.chunk(0));
    }

    @Test
    void olderModelsMakeRoom() throws Exception {
        ObjectVersion old = Oracle.version("old", 3 * CHUNK);
        Oracle.storeAll(disk, old);
        ObjectVersion next = Oracle.version("next", 5 * CHUNK);
        for (int i = 0; i < 5; i++) {
            assertThat(store(next, i)).as("chunk %d", i).isTrue();
        }
        assertThat(disk.isComplete(next)).isTrue();
        assertThat(disk.cachedBytes(old)).isZero();
    }

    @Test
    void whenNotEvenTheIndexCanBeWrittenTheCacheRecoversLater() throws Exception {
        ObjectVersion before = Oracle.version("before", 2 * CHUNK);
        disk.setPinned(before, true);
        Oracle.storeAll(disk, before);
        Path filler = mount.resolve("filler");
        fill(filler);
        ObjectVersion after = Oracle.version("after", 1000);
        assertThat(store(after, 0)).isFalse();
        try (LogLines log = LogLines.capture(DiskTier.class)) {
            // RocksDB allocates its log ahead: only more than that shows what a full disk does to it.
            for (int i = 0; i < 8; i++) {
                disk.lastKnown().putAll(longKeys(i));
            }
            assertThat(log.lines()).anyMatch(line -> line.contains("can't keep"));
        }
        Oracle.assertCached(disk, before.chunk(1));
        Files.delete(filler);
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!store(after, 0)) {
            assertThat(System.nanoTime()).as("cache recovers").isLessThan(deadline);
            Thread.sleep(50);
        }
        Oracle.assertCached(disk, after.chunk(0));
        disk.close();
        disk = Caches.open(mount.resolve("cache"), metrics, Caches.BOOT);
        // A store whose end the index couldn't note leaves all chunks to be checked at their first use.
        for (ChunkId id : List.of(before.chunk(0), after.chunk(0))) {
            assertThat(Caches.fill(disk, id, Oracle.empty(id)))
                    .as("fill of %s", id)
                    .isTrue();
            Oracle.assertCached(disk, id);
        }
    }

    /** Two megabytes of answers that don't compress. */
    private static List<ObjectInfo> longKeys(int round) {
        Random random = new Random(round);
        return IntStream.range(0, 1024)
                .mapToObj(i -> randomHanzi(random))
                .map(key -> new ObjectInfo(Oracle.version(key, 1), Instant.EPOCH, OptionalLong.empty()))
                .toList();
    }

    private static String randomHanzi(Random random) {
        return random.ints(700, 0x4E00, 0x9FFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static void fill(Path filler) throws IOException {
        boolean full = false;
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            full = String.valueOf(e.getMessage()).contains("No space left");
        }
        assertThat(full).as("the disk was filled").isTrue();
    }
}
