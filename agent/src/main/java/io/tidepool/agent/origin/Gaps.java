package io.tidepool.agent.origin;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What is a stall at one origin: four times the silence that 19 of its last 20 requests stayed within, and never less
 * than half a second.
 *
 * <p>Half a second, for below it lie a lost packet's retransmissions (200 ms, then 400) and our own collector's pauses,
 * where a second request wins nothing. Four times, so that an origin that is slow for everybody is not asked twice. A
 * second, until there are enough requests to know. Thread-safe.
 */
final class Gaps {
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int ENOUGH = 20;
    private static final int FACTOR = 4;

    private final long[] samples = new long[128];
    private int count;

    /** Takes note of the longest silence of a request that won, or that nobody raced. */
    synchronized void add(long nanos) {
        samples[count++ % samples.length] = nanos;
    }

    synchronized long stallNanos() {
        if (count < ENOUGH) {
            return UNKNOWN_NANOS;
        }
        long[] sorted = Arrays.copyOf(samples, Math.min(count, samples.length));
        Arrays.sort(sorted);
        return Math.max(LEAST_NANOS, FACTOR * sorted[sorted.length * 19 / 20]);
    }
}
