package io.tidepool.agent.peer;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** How much a host receives, beside the most that it received of late: what its link carries, as far as that shows. Not thread-safe. */
final class ReceiveRate {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What the link carried longer ago says nothing: it may have become slow. */
    private static final int PERIODS = 4;
    /** From this part of the most on, the link is full. */
    private static final double FULL = 0.75;
    /** Blocks come in lumps: at 10 Mbit/s none or four in a period. */
    private static final int LUMP = 3;

    /** Blocks in each of the last periods, by its number modulo their count. */
    private final int[] past = new int[PERIODS];

    private long period;
    /** Blocks in this period. */
    private int current;

    void received(int blocks, long nowNanos) {
        long now = Math.floorDiv(nowNanos, PERIOD_NANOS);
        if (now - period > PERIODS) {
            Arrays.fill(past, 0);
            current = 0;
            period = now;
        }
        for (; period < now; period++) {
            past[Math.floorMod(period, PERIODS)] = current;
            current = 0;
        }
        current += blocks;
    }

    /** Whether the last whole period brought about as much as any of late; also when none brought anything. */
    boolean isFull() {
        return past[Math.floorMod(period - 1, PERIODS)] + LUMP
                >= FULL * Arrays.stream(past).max().orElseThrow();
    }
}
