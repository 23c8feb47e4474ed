package io.tidepool.agent.chunk;

/**
 * Where chunks and blocks lie in an object version.
 *
 * <pre>
 * object  |------- chunk 0 -------|------- chunk 1 -------|-- chunk 2 --|
 * bytes   0                      8 MiB                   16 MiB        size
 * chunk   |b0|b1|b2|b3|b4|b5|b6|b7|                        last one shorter
 * </pre>
 *
 * <p>8 MiB: at 100 Gbit/s a host makes 1,490 requests a second, within the 10,000 an OSS account allows; 1 MiB would
 * not fit. 1 MiB blocks: a checksum may be verified, and a reader answered, long before the chunk is whole.
 */
public final class ChunkLayout {
    public static final int CHUNK_BYTES = 8 << 20;
    public static final int BLOCK_BYTES = 1 << 20;
    public static final int BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;

    private ChunkLayout() {}

    public static int chunkCount(long sizeBytes) {
        return Math.toIntExact((sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    /** Index of the chunk that holds byte {@code offset} of the object. */
    public static int chunkIndex(long offset) {
        return Math.toIntExact(offset / CHUNK_BYTES);
    }

    /** Offset in the object (and in its cache file) at which chunk {@code index} starts. */
    public static long chunkOffset(int index) {
        return (long) index * CHUNK_BYTES;
    }

    public static int offsetInChunk(long offset) {
        return (int) (offset % CHUNK_BYTES);
    }

    /** Length in bytes of chunk {@code index} of an object of {@code sizeBytes}. */
    public static int chunkLength(long sizeBytes, int index) {
        long length = Math.min(CHUNK_BYTES, sizeBytes - chunkOffset(index));
        if (index < 0 || length <= 0) {
            throw new IndexOutOfBoundsException("chunk " + index + " of " + sizeBytes + " bytes");
        }
        return (int) length;
    }

    /**
     * Where the block ends that holds the byte at {@code position} of a chunk.
     *
     * @param length of the chunk
     */
    public static int blockEnd(int position, int length) {
        return Math.min((position / BLOCK_BYTES + 1) * BLOCK_BYTES, length);
    }

    /** Number of blocks of a chunk of {@code chunkLength} bytes. */
    public static int blockCount(int chunkLength) {
        return (chunkLength + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }
}
