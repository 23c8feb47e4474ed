package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.LandingBuffer;
import java.nio.ByteBuffer;

/**
 * What the index keeps of one stored chunk: enough to tell whether the bytes in the cache file are still those that came
 * from the origin.
 *
 * <pre>
 *   0            4        5         13
 *   | generation | crc64? | crc64   | CRC32C of block 0 | of block 1 | … |
 * </pre>
 *
 * @param generation the index's generation in which the bytes were last known to be right
 * @param blockCrc32c one for each block; the record's own, don't change
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; only its elements are read
record ChunkRecord(int generation, boolean hasCrc64, long crc64, int[] blockCrc32c) {
    private static final int HEADER_BYTES = 13;

    static ChunkRecord of(LandingBuffer full, int generation) {
        return new ChunkRecord(
                generation, full.hasCrc64(), full.crc64(), full.blockCrc32c().clone());
    }

    ChunkRecord verifiedIn(int newGeneration) {
        return new ChunkRecord(newGeneration, hasCrc64, crc64, blockCrc32c);
    }

    byte[] encode() {
        ByteBuffer to = ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES * blockCrc32c.length);
        to.putInt(generation).put((byte) (hasCrc64 ? 1 : 0)).putLong(crc64);
        for (int crc : blockCrc32c) {
            to.putInt(crc);
        }
        return to.array();
    }

    static ChunkRecord decode(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        int generation = from.getInt();
        boolean hasCrc64 = from.get() != 0;
        long crc64 = from.getLong();
        int[] crcs = new int[from.remaining() / Integer.BYTES];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = from.getInt();
        }
        return new ChunkRecord(generation, hasCrc64, crc64, crcs);
    }

    /** The generation alone, without decoding the rest. */
    static int generation(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
    }
}
