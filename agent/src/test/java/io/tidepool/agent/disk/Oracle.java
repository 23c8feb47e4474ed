package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Object versions whose bytes are a function of (key, version, offset), so that one compare tells a wrong key, a mixed
 * version, a shifted offset and zeros apart.
 */
final class Oracle {
    static final int CHUNK = ChunkLayout.CHUNK_BYTES;
    static final int BLOCK = ChunkLayout.BLOCK_BYTES;

    private Oracle() {}

    /** The first version of {@code key}. */
    static ObjectVersion version(String key, long sizeBytes) {
        return version(key, 1, sizeBytes);
    }

    static ObjectVersion version(String key, int number, long sizeBytes) {
        return new ObjectVersion("bucket", key, Integer.toString(number), sizeBytes);
    }

    /** A full landing buffer with the chunk's bytes. */
    static LandingBuffer chunk(ChunkId id) {
        return chunk(id, ByteBuffer.allocateDirect(id.length()));
    }

    static LandingBuffer chunk(ChunkId id, ByteBuffer memory) {
        LandingBuffer buffer = new LandingBuffer(memory, id.length());
        SyntheticBytes.fill(seed(id.version()), id.offset(), buffer.writable());
        buffer.advance(id.length());
        buffer.setCrc64(crc64(id));
        buffer.complete();
        return buffer;
    }

    /** Not a CRC64, but as good to tell chunks apart. */
    static long crc64(ChunkId id) {
        return seed(id.version()) + id.index();
    }

    /** An empty landing buffer for the chunk. */
    static LandingBuffer empty(ChunkId id) {
        return new LandingBuffer(ByteBuffer.allocateDirect(id.length()), id.length());
    }

    /** What is wrong with these bytes, if anything. */
    static Optional<String> mismatch(ChunkId id, int offsetInChunk, ByteBuffer actual) {
        ObjectVersion version = id.version();
        return SyntheticBytes.check(version.key(), Long.parseLong(version.etag()), id.offset() + offsetInChunk, actual);
    }

    static void assertRight(ChunkId id, CachedRegion region) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(region.length());
        assertThat(region.read(0, bytes)).isEqualTo(id.length());
        assertThat(mismatch(id, 0, bytes.flip())).isEmpty();
    }

    /** The chunk is in the cache, verified, and right. */
    static void assertCached(DiskTier disk, ChunkId id) throws IOException {
        try (CachedRegion region = disk.region(id)) {
            assertThat(region).as("region of %s", id).isNotNull();
            assertRight(id, region);
        }
    }

    static void assertMiss(DiskTier disk, ChunkId id) {
        try (CachedRegion region = disk.region(id)) {
            assertThat(region).as("region of %s", id).isNull();
        }
    }

    /** Stores all chunks; each must be kept. */
    static void storeAll(DiskTier disk, ObjectVersion version) {
        for (int i = 0; i < version.chunkCount(); i++) {
            assertThat(disk.store(version.chunk(i), chunk(version.chunk(i))))
                    .as("store of %s", version.chunk(i))
                    .isTrue();
        }
    }

    private static long seed(ObjectVersion version) {
        return SyntheticBytes.seed(version.key(), Long.parseLong(version.etag()));
    }
}
