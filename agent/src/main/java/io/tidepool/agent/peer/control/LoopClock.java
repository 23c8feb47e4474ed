package io.tidepool.agent.peer.control;

import java.util.concurrent.TimeUnit;

/**
 * Time as a loop has lived it: while the loop did not run, because the process was stopped or had no processor, hardly any
 * passes. So a host that stood still doesn't take the others for silent. For one thread, which looks at it at each tick.
 */
final class LoopClock {
    /** The ticks of the loops come more often. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private long seenNanos = System.nanoTime();
    private long nanos = seenNanos;

    /** Nanoseconds, from an arbitrary time on. */
    long nanos() {
        long now = System.nanoTime();
        nanos += Math.min(now - seenNanos, MOST_NANOS);
        seenNanos = now;
        return nanos;
    }
}
