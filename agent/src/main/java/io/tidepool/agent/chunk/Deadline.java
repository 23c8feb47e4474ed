package io.tidepool.agent.chunk;

import java.time.Duration;

/**
 * A point in time by which something must have ended, if this process runs: while it is stopped, no deadline comes nearer.
 * Immutable.
 */
public final class Deadline {
    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    public static Deadline after(Duration duration) {
        return new Deadline(RunningClock.processNanos() + duration.toNanos());
    }

    /** That long after {@code startNanos}, a time of {@link System#nanoTime} a moment ago. */
    public static Deadline since(long startNanos, Duration duration) {
        return after(duration.minusNanos(System.nanoTime() - startNanos));
    }

    /** Nanoseconds left; zero or negative when it has passed. */
    public long remainingNanos() {
        return atNanos - RunningClock.processNanos();
    }
}
