package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.FaultyFileSystem.Call;
import io.tidepool.agent.disk.FaultyFileSystem.Op;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails is left alone after three errors, and is used again when it works again. */
@Timeout(60)
class FailingDiskTest {
    private static final ObjectVersion BEFORE = Oracle.version("before", 6L * Oracle.CHUNK);
    private static final ObjectVersion AFTER = Oracle.version("after", 100_000);

    @TempDir
    Path temp;

    private final Metrics metrics = new Metrics();
    private FaultyFileSystem files;
    private Path cache;
    private DiskTier disk;

    @BeforeEach
    void mount() throws Exception {
        files = FaultyFileSystem.mount(temp.resolve("backing"), temp.resolve("faulty"));
        cache = temp.resolve("faulty/cache");
        disk = Caches.open(cache, metrics, Caches.BOOT);
    }

    @AfterEach
    void unmount() throws Exception {
        files.heal();
        disk.close();
        files.close();
    }

    private boolean store(ObjectVersion version, int chunk) {
        return disk.store(version.chunk(chunk), Oracle.chunk(version.chunk(chunk)));
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ErrnoException.EIO, ErrnoException.EROFS, ErrnoException.ENOSPC})
    void afterThreeFailedWritesNothingIsStoredUntilItWorksAgain(int errno) throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(errno, call -> call.op() == Op.WRITE);
        try (LogLines log = LogLines.capture(DiskTier.class)) {
            for (int i = 0; i < 50; i++) {
                assertThat(store(AFTER, 0)).isFalse();
            }
            assertThat(disk.health().whyNotStored()).contains(LibC.describe(errno));
            assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "bypassed")).isBetween(40.0, 47.0);
            assertThat(metrics.count(Metric.CACHE_BYPASSED_BYTES, "store"))
                    .isEqualTo(AFTER.sizeBytes() * metrics.count(Metric.CACHE_STORE_FAILURES, "bypassed"));
            assertThat(gauge("store")).isEqualTo(1);
            // What it has is still read.
            Oracle.assertCached(disk, BEFORE.chunk(3));
            assertThat(disk.health().whyNotRead()).isNull();

            assertThat(files.fired()).isGreaterThanOrEqualTo(3);
            files.heal();
            await("stored again", () -> store(AFTER, 0));
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("the cache disk"))
                    .satisfiesExactly(
                            line -> assertThat(line).contains("nothing is stored"),
                            line -> assertThat(line).contains("works again"));
        }
        assertThat(disk.health().whyNotStored()).isNull();
        assertThat(gauge("store")).isZero();
        assertThat(metrics.count(Metric.CACHE_BYPASS_CHANGES, "store", "bypassed"))
                .isEqualTo(1);
        assertThat(metrics.count(Metric.CACHE_BYPASS_CHANGES, "store", "back")).isEqualTo(1);
        Oracle.assertCached(disk, AFTER.chunk(0));
    }

    @Test
    void afterThreeFailedReadsNothingIsReadUntilItWorksAgain() throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(ErrnoException.EIO, call -> call.op() == Op.READ && call.isChunk());
        int lost = 0;
        for (int i = 0; i < BEFORE.chunkCount(); i++) {
            try (CachedRegion region = disk.region(BEFORE.chunk(i))) {
                if (region != null) {
                    lost += fails(region) ? 1 : 0;
                }
            }
        }
        assertThat(lost).isEqualTo(Breaker.TRIPS_AT);
        assertThat(files.fired()).isEqualTo(lost);
        assertThat(disk.health().whyNotRead()).contains("errno 5");
        assertThat(disk.lend(BEFORE)).isNull();
        // The third was not dropped: the disk is to blame, and may give it yet.
        assertThat(disk.cachedBytes(BEFORE)).isEqualTo(4L * Oracle.CHUNK);
        assertThat(store(BEFORE, 5))
                .as("a reader is not sent to a disk that fails")
                .isFalse();
        assertThat(Caches.fill(disk, BEFORE.chunk(5), Oracle.empty(BEFORE.chunk(5))))
                .isFalse();
        assertThat(metrics.count(Metric.CACHE_BYPASSED_BYTES, "read")).isEqualTo(Oracle.CHUNK);
        files.heal();
        await("read again", () -> {
            try (CachedRegion region = disk.region(BEFORE.chunk(5))) {
                return region != null && !fails(region);
            }
        });
        assertThat(disk.health().whyNotRead()).isNull();
        for (int i = 2; i < BEFORE.chunkCount(); i++) {
            Oracle.assertCached(disk, BEFORE.chunk(i));
        }
        Oracle.storeAll(disk, BEFORE);
    }

    @Test
    void aDiskThatCouldNotBeReadIsTriedByWritingToo() throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(ErrnoException.EIO, call -> call.op() == Op.READ && call.isChunk());
        for (int i = 0; i < 3; i++) {
            try (CachedRegion region = disk.region(BEFORE.chunk(i))) {
                assertThat(region != null && fails(region)).isTrue();
            }
        }
        files.heal();
        assertThat(disk.health().whyNotStored()).isNotNull();
        await("stored again, though nobody reads", () -> store(AFTER, 0));
        Oracle.assertCached(disk, BEFORE.chunk(4));
    }

    @ParameterizedTest
    @ValueSource(ints = {ErrnoException.EIO, ErrnoException.EROFS, ErrnoException.ENOSPC})
    void theIndexOnAFailingDiskIsReadThroughoutAndWrittenAgainLater(int errno) throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(errno, FailingDiskTest::isWriteToTheIndex);
        // RocksDB refuses everything after one failed write, until it is opened anew.
        await("the index fails", () -> {
            disk.lastKnown().put(known("x"));
            return disk.lastKnown().get("bucket", "x") == null && files.fired() > 3;
        });
        disk.setPinned(AFTER, true);
        assertThat(store(AFTER, 0)).isFalse();
        assertThat(disk.chunkCrc64s(BEFORE)).as("the index is read").hasSize(BEFORE.chunkCount());
        Oracle.assertCached(disk, BEFORE.chunk(0));
        files.heal();
        await("stored again", () -> store(AFTER, 0));
        disk.lastKnown().put(known("y"));
        assertThat(disk.lastKnown().get("bucket", "y")).isNotNull();
        disk.close();
        disk = Caches.open(cache, metrics, Caches.BOOT);
        for (ChunkId id : List.of(BEFORE.chunk(5), AFTER.chunk(0))) {
            // The index may have kept a chunk that it said it hadn't, so each is checked once.
            Oracle.assertMiss(disk, id);
            assertThat(Caches.fill(disk, id, Oracle.empty(id))).isTrue();
            Oracle.assertCached(disk, id);
        }
    }

    @Test
    void whatAReadOnlyDiskCouldNotForgetIsCheckedAfterARestart() throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(ErrnoException.EROFS, call -> call.op() == Op.WRITE);
        disk.drop(BEFORE.chunk(0));
        Oracle.assertMiss(disk, BEFORE.chunk(0));
        assertThat(files.fired()).isPositive();
        files.heal();
        disk.close();
        disk = Caches.open(cache, metrics, Caches.BOOT);
        for (int i = 0; i < BEFORE.chunkCount(); i++) {
            Oracle.assertMiss(disk, BEFORE.chunk(i));
        }
        assertThat(disk.verify(BEFORE, bytes -> {}).isGood()).isTrue();
    }

    @Test
    void verifyStopsWhenTheDiskFailsAndDropsNoMore() throws Exception {
        Oracle.storeAll(disk, BEFORE);
        files.fail(ErrnoException.EIO, call -> call.op() == Op.READ && call.isChunk());
        VerifyResult result = disk.verify(BEFORE, bytes -> {});
        assertThat(files.fired()).isEqualTo(3);
        assertThat(result.checkedChunks()).isEqualTo(3);
        assertThat(result.droppedChunks()).as("the third is kept").containsExactly(0, 1);
        assertThat(disk.health().whyNotRead()).isNotNull();
        assertThat(disk.cachedBytes(BEFORE)).isEqualTo(4L * Oracle.CHUNK);
    }

    private static boolean isWriteToTheIndex(Call call) {
        return call.op() == Op.WRITE && call.path().contains("/index/");
    }

    private static ObjectInfo known(String key) {
        return new ObjectInfo(Oracle.version(key, 1), Instant.EPOCH, OptionalLong.empty());
    }

    private static boolean fails(CachedRegion region) {
        try {
            region.read(1000, ByteBuffer.allocate(1000));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private double gauge(String use) {
        return metrics.registry()
                .get(Metric.CACHE_BYPASSED.prometheusName())
                .tags(List.of(Tag.of("use", use)))
                .gauge()
                .value();
    }
}
