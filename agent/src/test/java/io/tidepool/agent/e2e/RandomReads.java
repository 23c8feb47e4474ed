package io.tidepool.agent.e2e;

import io.tidepool.agent.chunk.ChunkLayout;
import java.util.Random;

/** Random places and sizes in a file, some of them at borders: of pages, blocks, chunks, and the file's end. */
final class RandomReads {
    static final int MAX_BYTES = 300_000;

    private static final long[] BORDERS = {4096, 131_072, ChunkLayout.BLOCK_BYTES, ChunkLayout.CHUNK_BYTES};

    private final long size;
    private final Random random;

    /** @param size of the file, above 0 */
    RandomReads(long size, long seed) {
        this.size = size;
        this.random = new Random(seed);
    }

    long nextOffset() {
        long offset = random.nextLong(size);
        if (random.nextInt(4) == 0) {
            long border = BORDERS[random.nextInt(BORDERS.length)];
            offset = Math.clamp(offset / border * border + random.nextInt(-3, 4), 0, size - 1);
        } else if (random.nextInt(16) == 0) {
            offset = Math.max(0, size - 1 - random.nextInt(5000));
        }
        return offset;
    }

    /** At least 1, within the file. */
    int nextLength(long offset) {
        int most = random.nextInt(4) == 0 ? MAX_BYTES : 20_000;
        return (int) Math.min(1 + random.nextInt(most), size - offset);
    }
}
