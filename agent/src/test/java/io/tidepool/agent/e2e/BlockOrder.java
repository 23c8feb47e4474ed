package io.tidepool.agent.e2e;

import java.util.Random;

/** Orders in which a reader may come to the blocks of a file, each block once. */
enum BlockOrder {
    SEQUENTIAL,
    REVERSE,
    /** Every 7th block, then those after them, and so on. */
    STRIDED,
    RANDOM,
    /** Another one than {@link #RANDOM}. */
    RANDOM_TOO,
    /** From the middle on, and then the first half. */
    FROM_MIDDLE;

    private static final int STRIDE = 7;

    long[] blocks(long count) {
        long[] blocks = new long[Math.toIntExact(count)];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = switch (this) {
                case SEQUENTIAL, STRIDED, RANDOM, RANDOM_TOO -> i;
                case REVERSE -> count - 1 - i;
                case FROM_MIDDLE -> (i + count / 2) % count;
            };
        }
        switch (this) {
            case STRIDED -> stride(blocks);
            case RANDOM -> shuffle(blocks, new Random(1));
            case RANDOM_TOO -> shuffle(blocks, new Random(2));
            default -> {}
        }
        return blocks;
    }

    private static void stride(long[] blocks) {
        int next = 0;
        for (int start = 0; start < STRIDE; start++) {
            for (int block = start; block < blocks.length; block += STRIDE) {
                blocks[next++] = block;
            }
        }
    }

    private static void shuffle(long[] blocks, Random random) {
        for (int i = blocks.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long swapped = blocks[i];
            blocks[i] = blocks[j];
            blocks[j] = swapped;
        }
    }
}
