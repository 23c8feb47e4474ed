package io.tidepool.agent.chunk;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A point in monotonic time by which something must have ended. Immutable. */
public final class Deadline {
    private final LongSupplier nanoClock;
    private final long atNanos;

    private Deadline(LongSupplier nanoClock, long atNanos) {
        this.nanoClock = nanoClock;
        this.atNanos = atNanos;
    }

    /** {@code nanoClock} is {@link System#nanoTime()} or a simulation's clock. */
    public static Deadline after(Duration duration, LongSupplier nanoClock) {
        return new Deadline(nanoClock, nanoClock.getAsLong() + duration.toNanos());
    }

    public static Deadline after(Duration duration) {
        return after(duration, System::nanoTime);
    }

    /** That long after {@code startNanos}, a time of {@link System#nanoTime}. */
    public static Deadline since(long startNanos, Duration duration) {
        return new Deadline(System::nanoTime, startNanos + duration.toNanos());
    }

    /** Nanoseconds left; zero or negative when it has passed. */
    public long remainingNanos() {
        return atNanos - nanoClock.getAsLong();
    }

    public boolean hasPassed() {
        return remainingNanos() <= 0;
    }
}
