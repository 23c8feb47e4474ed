package io.tidepool.bench.simulate;

import io.tidepool.agent.chunk.ChunkLayout;

/** The chunks and blocks of one modelled object version, and their bytes, one number a block. */
record ChunkSizes(long bytes) {
    int chunks() {
        return ChunkLayout.chunkCount(bytes);
    }

    int blocks(int chunk) {
        return ChunkLayout.blockCount(ChunkLayout.chunkLength(bytes, chunk));
    }

    int blockBytes(int chunk, int block) {
        int length = ChunkLayout.chunkLength(bytes, chunk);
        return Math.min(ChunkLayout.BLOCK_BYTES, length - block * ChunkLayout.BLOCK_BYTES);
    }

    /** What stands for the bytes of a block. */
    static long content(int chunk, int block) {
        return mix(chunk * 8L + block + 1);
    }

    /** The checksum of a block with {@code content}. */
    static int crc(long content) {
        return (int) mix(content);
    }

    /** The finaliser of SplitMix64. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
