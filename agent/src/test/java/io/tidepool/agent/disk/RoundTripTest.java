package io.tidepool.agent.disk;

import static io.tidepool.agent.disk.Oracle.BLOCK;
import static io.tidepool.agent.disk.Oracle.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored is read back, in any piece, now and after a clean restart. */
class RoundTripTest {
    @TempDir
    Path directory;

    private DiskTier disk;

    @BeforeEach
    void open() throws Exception {
        disk = DiskTier.open(DiskOptions.of(directory, 1L << 30), new Metrics());
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private void restart() throws Exception {
        disk.close();
        open();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, BLOCK - 1, BLOCK, BLOCK + 1, CHUNK - 1, CHUNK, CHUNK + 1, 2L * CHUNK + 12_345})
    void chunksOfOddSizesComeBack(long size) throws Exception {
        ObjectVersion version = Oracle.version("models/odd-" + size, size);
        Oracle.storeAll(disk, version);
        for (int round = 0; round < 2; round++) {
            assertThat(disk.isComplete(version)).isTrue();
            assertThat(disk.cachedBytes(version)).isEqualTo(size);
            for (int i = 0; i < version.chunkCount(); i++) {
                Oracle.assertCached(disk, version.chunk(i));
            }
            restart();
        }
        assertThat(Files.size(disk.path(version))).isEqualTo(size);
    }

    @Test
    void anyPieceIntoDirectAndHeapBuffers() throws Exception {
        ObjectVersion version = Oracle.version("pieces", CHUNK + 300_001L);
        Oracle.storeAll(disk, version);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            ChunkId id = version.chunk(random.nextInt(2));
            int offset = random.nextInt(id.length());
            int room = 1 + random.nextInt(600_000);
            ByteBuffer dst = i % 2 == 0 ? ByteBuffer.allocateDirect(room + 7) : ByteBuffer.allocate(room + 7);
            dst.position(3).limit(3 + room);
            try (CachedRegion region = disk.region(id)) {
                int expected = Math.min(room, id.length() - offset);
                assertThat(region.read(offset, dst)).isEqualTo(expected);
                assertThat(dst.position()).isEqualTo(3 + expected);
                assertThat(dst.limit()).isEqualTo(3 + room);
                assertThat(Oracle.mismatch(id, offset, dst.slice(3, expected))).isEmpty();
            }
        }
    }

    @Test
    void whatWasNotStoredIsAMiss() throws Exception {
        ObjectVersion version = Oracle.version("holes", 5L * CHUNK);
        assertThat(disk.store(version.chunk(3), Oracle.chunk(version.chunk(3)))).isTrue();
        for (int i : new int[] {0, 1, 2, 4}) {
            Oracle.assertMiss(disk, version.chunk(i));
            assertThat(disk.fill(version.chunk(i), Oracle.empty(version.chunk(i)), new FillTicket(Priority.DEMAND)))
                    .isFalse();
        }
        Oracle.assertCached(disk, version.chunk(3));
        Oracle.assertMiss(disk, Oracle.version("holes", 2, 5L * CHUNK).chunk(3));
        assertThat(disk.isComplete(version)).isFalse();
        assertThat(disk.chunkCrc64s(version)).isNull();
        assertThat(disk.lend(version)).isNull();
        assertThat(disk.tier()).isEqualTo(Tier.DISK);
    }

    @Test
    void aFillGoesOnWhereAnotherSourceStopped() throws Exception {
        ChunkId id = Oracle.version("rest", 3L * BLOCK + 5).chunk(0);
        disk.store(id, Oracle.chunk(id));
        for (int landed : new int[] {0, 1, BLOCK - 1, BLOCK, BLOCK + 77, 3 * BLOCK, 3 * BLOCK + 4, id.length()}) {
            LandingBuffer buffer = Oracle.empty(id);
            ByteBuffer others = Oracle.chunk(id).landed().limit(landed);
            buffer.writable().put(others);
            buffer.advance(landed);
            assertThat(disk.fill(id, buffer, new FillTicket(Priority.DEMAND))).isTrue();
            assertThat(buffer.isFull()).isTrue();
            assertThat(Oracle.mismatch(id, 0, buffer.landed())).isEmpty();
            assertThat(buffer.crc64()).isEqualTo(Oracle.crc64(id));
        }
    }

    @Test
    void theChunksCrc64sComeInOrder() throws Exception {
        ObjectVersion version = Oracle.version("crc", 3L * CHUNK);
        for (int i : new int[] {2, 0, 1}) {
            disk.store(version.chunk(i), Oracle.chunk(version.chunk(i)));
        }
        restart();
        assertThat(disk.chunkCrc64s(version))
                .containsExactly(
                        Oracle.crc64(version.chunk(0)), Oracle.crc64(version.chunk(1)), Oracle.crc64(version.chunk(2)));
    }

    @Test
    void droppedBytesAreGoneButOpenRegionsStayReadable() throws Exception {
        ObjectVersion version = Oracle.version("drop", 2L * CHUNK);
        Oracle.storeAll(disk, version);
        try (CachedRegion one = disk.region(version.chunk(0));
                CachedRegion two = disk.region(version.chunk(1))) {
            disk.drop(version.chunk(0));
            Oracle.assertMiss(disk, version.chunk(0));
            Oracle.assertRight(version.chunk(0), one);
            disk.dropAll(version);
            Oracle.assertMiss(disk, version.chunk(1));
            assertThat(disk.path(version)).doesNotExist();
            Oracle.assertRight(version.chunk(0), one);
            Oracle.assertRight(version.chunk(1), two);
        }
        Oracle.storeAll(disk, version);
        Oracle.assertCached(disk, version.chunk(0));
        restart();
        Oracle.assertCached(disk, version.chunk(1));
    }

    @Test
    void aQuarantinedVersionIsNotKept() throws Exception {
        ObjectVersion version = Oracle.version("bad", 2L * CHUNK);
        Oracle.storeAll(disk, version);
        disk.quarantine(version);
        restart();
        assertThat(disk.isQuarantined(version)).isTrue();
        assertThat(disk.store(version.chunk(0), Oracle.chunk(version.chunk(0)))).isFalse();
        assertThat(disk.versions()).isEmpty();
        assertThat(disk.quarantined()).containsExactly(version);
        disk.dropAll(version);
        restart();
        assertThat(disk.isQuarantined(version)).isFalse();
        assertThat(disk.quarantined()).isEmpty();
        Oracle.storeAll(disk, version);
    }

    @Test
    void aLentFileIsTheObjectAndKeepsItsName() throws Exception {
        ObjectVersion version = Oracle.version("lent", CHUNK + 10L);
        Oracle.storeAll(disk, version);
        try (LentFile lent = disk.lend(version)) {
            assertThat(lent).isNotNull();
            assertThat(Oracle.mismatch(version.chunk(0), 0, ByteBuffer.wrap(Files.readAllBytes(lent.path()))))
                    .isEmpty();
        }
        restart();
        // Whoever still has it open must never see a hole: dropping one chunk removes the file.
        disk.drop(version.chunk(0));
        assertThat(disk.path(version)).doesNotExist();
        assertThat(disk.cachedBytes(version)).isZero();
    }

    @Test
    void misuseIsRefused() throws Exception {
        ObjectVersion version = Oracle.version("misuse", 2L * CHUNK);
        Oracle.storeAll(disk, version);
        CachedRegion region = disk.region(version.chunk(0));
        assertThatThrownBy(() -> region.read(CHUNK + 1, ByteBuffer.allocate(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        region.close();
        region.close();
        assertThatThrownBy(() -> region.read(0, ByteBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> disk.store(version.chunk(0), Oracle.empty(version.chunk(0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void afterCloseEverythingIsAMiss() throws Exception {
        ObjectVersion version = Oracle.version("closed", 2L * CHUNK);
        disk.store(version.chunk(0), Oracle.chunk(version.chunk(0)));
        CachedRegion region = disk.region(version.chunk(0));
        disk.close();
        Oracle.assertRight(version.chunk(0), region);
        region.close();
        Oracle.assertMiss(disk, version.chunk(0));
        assertThat(disk.store(version.chunk(1), Oracle.chunk(version.chunk(1)))).isFalse();
        assertThat(disk.lastKnown().get("bucket", "closed")).isNull();
        disk.drop(version.chunk(0));
        disk.dropAll(version);
        open();
        Oracle.assertCached(disk, version.chunk(0));
    }
}
