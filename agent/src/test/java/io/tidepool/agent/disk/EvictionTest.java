package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The capacity is never passed, and what goes is what was loaded longest ago. */
class EvictionTest {
    private static final long CHUNK = Oracle.CHUNK;

    @TempDir
    Path directory;

    private final Metrics metrics = new Metrics();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private DiskTier disk;

    /** Watermarks at the capacity switch the background off: writers make room for themselves. */
    private void open(long chunks, double high, double low) throws Exception {
        DiskOptions options = new DiskOptions(directory, chunks * CHUNK, high, low, 0, 64);
        disk = DiskTier.open(options, metrics, () -> now, Caches.BOOT);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private ObjectVersion stored(String key, int chunks) {
        ObjectVersion version = Oracle.version(key, chunks * CHUNK);
        now = now.plusSeconds(1);
        Oracle.storeAll(disk, version);
        return version;
    }

    private void assertWithinCapacity(long chunks) throws Exception {
        assertThat(Caches.spaceTaken(directory.resolve("objects"))).isLessThanOrEqualTo(chunks * CHUNK + 64_000);
    }

    @Test
    void theLeastRecentlyLoadedFileGoesFirstAndWhole() throws Exception {
        open(8, 1, 1);
        ObjectVersion a = stored("a", 3);
        ObjectVersion b = stored("b", 3);
        ObjectVersion c = stored("c", 2);
        now = now.plusSeconds(1);
        disk.touch(a);
        ObjectVersion d = stored("d", 1);
        assertThat(disk.cachedBytes(b)).isZero();
        assertThat(disk.path(b)).doesNotExist();
        assertThat(List.of(a, c, d)).allMatch(disk::isComplete);
        assertThat(metrics.count(Metric.CACHE_EVICTED_BYTES, "capacity")).isEqualTo(3.0 * CHUNK);
        stored("e", 3);
        assertThat(disk.cachedBytes(c)).isZero();
        assertThat(disk.isComplete(a)).isTrue();
        assertWithinCapacity(8);
    }

    @Test
    void whenAModelWasLoadedIsRememberedOverARestart() throws Exception {
        open(4, 1, 1);
        ObjectVersion a = stored("a", 2);
        ObjectVersion b = stored("b", 2);
        now = now.plusSeconds(1);
        disk.touch(a);
        close();
        open(4, 1, 1);
        stored("c", 1);
        assertThat(disk.cachedBytes(b)).isZero();
        assertThat(disk.isComplete(a)).isTrue();
    }

    @Test
    void theBackgroundWorksFromTheHighDownToTheLowWatermark() throws Exception {
        open(20, 0.8, 0.5);
        List<ObjectVersion> versions = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            versions.add(stored("v" + i, 1));
        }
        Thread.sleep(100);
        assertThat(versions).allMatch(disk::isComplete);
        versions.add(stored("last", 1));
        await(() -> disk.versions().size() <= 10);
        assertThat(versions.subList(0, 7)).noneMatch(disk::isComplete);
        assertThat(versions.subList(7, 17)).allMatch(disk::isComplete);
    }

    @Test
    void theModelLoadedLastIsNotEvictedBehindItsBack() throws Exception {
        open(10, 0.5, 0.1);
        ObjectVersion small = stored("small", 1);
        ObjectVersion large = stored("large", 9);
        await(() -> disk.cachedBytes(small) == 0);
        Thread.sleep(100);
        assertThat(disk.isComplete(large)).isTrue();
    }

    @Test
    void aPinnedVersionStaysAndAFullCacheKeepsNothingMore() throws Exception {
        open(4, 1, 1);
        ObjectVersion pinned = Oracle.version("pinned", 4 * CHUNK);
        disk.setPinned(pinned, true);
        Oracle.storeAll(disk, pinned);
        ObjectVersion other = Oracle.version("other", CHUNK);
        assertThat(disk.store(other.chunk(0), Oracle.chunk(other.chunk(0)))).isFalse();
        assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "no_room")).isEqualTo(1);
        assertThat(disk.isComplete(pinned)).isTrue();
        assertThat(disk.versions()).hasSize(1).allMatch(CachedVersion::pinned);
        close();
        open(4, 1, 1);
        assertThat(disk.store(other.chunk(0), Oracle.chunk(other.chunk(0)))).isFalse();
        disk.setPinned(pinned, false);
        Oracle.storeAll(disk, other);
        assertThat(disk.isComplete(pinned)).isFalse();
        assertWithinCapacity(4);
    }

    @Test
    void aVersionMayBePinnedBeforeAnyOfItIsHere() throws Exception {
        open(4, 1, 1);
        ObjectVersion version = Oracle.version("soon", CHUNK);
        disk.setPinned(version, true);
        assertThat(disk.versions()).containsExactly(new CachedVersion(version, 0, Instant.EPOCH, true, false));
    }

    @Test
    void aFileLargerThanTheCacheIsPunchedChunkByChunk() throws Exception {
        open(6, 0.9, 0.5);
        ObjectVersion huge = Oracle.version("huge", 20 * CHUNK);
        for (int i = 0; i < 20; i++) {
            assertThat(disk.store(huge.chunk(i), Oracle.chunk(huge.chunk(i)))).isTrue();
            Oracle.assertCached(disk, huge.chunk(i));
            assertWithinCapacity(6);
        }
        for (int i = 14; i < 20; i++) {
            Oracle.assertCached(disk, huge.chunk(i));
        }
        for (int i = 0; i < 14; i++) {
            Oracle.assertMiss(disk, huge.chunk(i));
        }
        assertThat(metrics.count(Metric.CACHE_EVICTED_BYTES, "punched")).isEqualTo(14.0 * CHUNK);
    }

    @Test
    void whatIsBeingReadIsNeitherEvictedNorPunched() throws Exception {
        open(4, 1, 1);
        ObjectVersion read = stored("read", 2);
        ObjectVersion other = stored("other", 2);
        try (CachedRegion region = disk.region(read.chunk(0))) {
            stored("next", 2);
            assertThat(disk.cachedBytes(other)).isZero();
            assertThat(disk.isComplete(read)).isTrue();
            // Nothing is left to go but the chunk of the file that nobody reads.
            ObjectVersion huge = Oracle.version("huge", 10 * CHUNK);
            for (int i = 0; i < 10; i++) {
                disk.store(huge.chunk(i), Oracle.chunk(huge.chunk(i)));
            }
            Oracle.assertRight(read.chunk(0), region);
            Oracle.assertCached(disk, read.chunk(0));
            Oracle.assertMiss(disk, read.chunk(1));
            assertWithinCapacity(4);
        }
    }

    @Test
    void aLentFileIsNotTouched() throws Exception {
        open(3, 1, 1);
        ObjectVersion lentOut = stored("lent", 2);
        try (LentFile lent = disk.lend(lentOut)) {
            ObjectVersion other = Oracle.version("other", 5 * CHUNK);
            for (int i = 0; i < 5; i++) {
                disk.store(other.chunk(i), Oracle.chunk(other.chunk(i)));
            }
            assertThat(disk.isComplete(lentOut)).isTrue();
            assertThat(lent.path()).hasSize(2 * CHUNK);
        }
        stored("next", 2);
        assertThat(lentOut).matches(version -> disk.cachedBytes(version) == 0);
    }

    @Test
    void aSmallerCapacityIsKeptFromTheStart() throws Exception {
        open(8, 1, 1);
        List<ObjectVersion> versions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            versions.add(stored("v" + i, 1));
        }
        close();
        open(3, 1, 1);
        await(() -> disk.versions().size() == 3);
        assertThat(versions.subList(5, 8)).allMatch(disk::isComplete);
        assertWithinCapacity(3);
    }

    @Test
    void spaceThatOthersNeedIsLeftFree() throws Exception {
        long usable = directory.toFile().getUsableSpace();
        DiskOptions options = DiskOptions.of(directory, 1L << 40).keepingFree(usable + (1L << 30));
        disk = DiskTier.open(options, metrics);
        ObjectVersion version = Oracle.version("v", CHUNK);
        assertThat(disk.store(version.chunk(0), Oracle.chunk(version.chunk(0)))).isFalse();
        assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "no_room")).isEqualTo(1);
        assertThat(Caches.spaceTaken(directory.resolve("objects"))).isLessThan(CHUNK);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting after 10 s").isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
