package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When chunks of an earlier agent are believed, and when they must be read and checked first. */
class RebootTest {
    private static final ObjectVersion VERSION = Oracle.version("model/shard", 2L * Oracle.CHUNK + 99);

    @TempDir
    Path temp;

    @Test
    void afterAKillTheSameKernelsChunksAreBelieved() throws Exception {
        try (DiskTier disk = Caches.open(killed(), new Metrics(), Caches.BOOT)) {
            Oracle.assertCached(disk, VERSION.chunk(2));
        }
    }

    @Test
    void afterACleanStopChunksAreBelievedByAnotherKernel() throws Exception {
        Path directory = temp.resolve("cache");
        try (DiskTier disk = Caches.open(directory, new Metrics(), Caches.BOOT)) {
            Oracle.storeAll(disk, VERSION);
        }
        try (DiskTier disk = Caches.open(directory, new Metrics(), Caches.NEXT_BOOT)) {
            Oracle.assertCached(disk, VERSION.chunk(0));
            Path killed = Caches.killedCopy(directory, temp.resolve("killed"));
            // The clean stop counts for one start only.
            try (DiskTier third = Caches.open(killed, new Metrics(), "third")) {
                Oracle.assertMiss(third, VERSION.chunk(0));
            }
        }
    }

    @Test
    void afterAPowerCutChunksAreCheckedAtFirstUse() throws Exception {
        Path directory = killed();
        Metrics metrics = new Metrics();
        try (DiskTier disk = Caches.open(directory, metrics, Caches.NEXT_BOOT)) {
            assertThat(disk.isComplete(VERSION)).isTrue();
            assertThat(disk.lend(VERSION)).isNull();
            for (int i = 0; i < VERSION.chunkCount(); i++) {
                ChunkId id = VERSION.chunk(i);
                Oracle.assertMiss(disk, id);
                LandingBuffer buffer = Oracle.empty(id);
                assertThat(Caches.fill(disk, id, buffer)).isTrue();
                assertThat(Oracle.mismatch(id, 0, buffer.landed())).isEmpty();
                assertThat(buffer.crc64()).isEqualTo(Oracle.crc64(id));
                Oracle.assertCached(disk, id);
            }
            try (LentFile lent = disk.lend(VERSION)) {
                assertThat(lent).isNotNull();
            }
        }
        assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk")).isZero();
    }

    @Test
    void whatWasNotCheckedYetStaysUncheckedOverAnotherKill() throws Exception {
        Path twice;
        try (DiskTier disk = Caches.open(killed(), new Metrics(), Caches.NEXT_BOOT)) {
            assertThat(Caches.fill(disk, VERSION.chunk(1), Oracle.empty(VERSION.chunk(1))))
                    .isTrue();
            twice = Caches.killedCopy(temp.resolve("killed"), temp.resolve("twice"));
        }
        try (DiskTier disk = Caches.open(twice, new Metrics(), Caches.NEXT_BOOT)) {
            Oracle.assertMiss(disk, VERSION.chunk(0));
            Oracle.assertCached(disk, VERSION.chunk(1));
            Oracle.assertMiss(disk, VERSION.chunk(2));
        }
    }

    @Test
    void storingAnUncheckedChunkAnewMakesItVerified() throws Exception {
        try (DiskTier disk = Caches.open(killed(), new Metrics(), Caches.NEXT_BOOT)) {
            Oracle.storeAll(disk, VERSION);
            Oracle.assertCached(disk, VERSION.chunk(0));
            assertThat(disk.cachedBytes(VERSION)).isEqualTo(VERSION.sizeBytes());
        }
    }

    @Test
    void verifyChecksAllAtOnce() throws Exception {
        try (DiskTier disk = Caches.open(killed(), new Metrics(), Caches.NEXT_BOOT)) {
            VerifyResult result = disk.verify(VERSION, bytes -> {});
            assertThat(result.isGood()).isTrue();
            assertThat(result.checkedChunks()).isEqualTo(3);
            assertThat(result.checkedBytes()).isEqualTo(VERSION.sizeBytes());
            Oracle.assertCached(disk, VERSION.chunk(0));
        }
    }

    private Path killed() throws Exception {
        Path directory = temp.resolve("cache");
        try (DiskTier disk = Caches.open(directory, new Metrics(), Caches.BOOT)) {
            Oracle.storeAll(disk, VERSION);
            return Caches.killedCopy(directory, temp.resolve("killed"));
        }
    }
}
