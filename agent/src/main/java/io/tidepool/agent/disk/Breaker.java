package io.tidepool.agent.disk;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops one use of the disk after {@value #TRIPS_AT} failures, lets one caller try every now and then, and is back at the
 * first success.
 *
 * <p>Not Failsafe's: a region that is handed out may never be read, and its permit would never come back. Here a try that
 * reports nothing costs only the time until the next. Thread-safe.
 */
final class Breaker {
    static final int TRIPS_AT = 3;

    /** Doubled at each try that is let through, up to the largest: a full disk heals soon, a dead one costs little. */
    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Failures farther apart than this have nothing to do with one another. */
    private static final long FORGET_AFTER_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Hears of each change, under the breaker's lock: must not call it. */
    interface Listener {
        /** @param why it is not used any more; null when it is used again */
        void changed(@Nullable String why);
    }

    private final LongSupplier nanos;
    private final Listener listener;
    private volatile int failures;
    private volatile @Nullable String why;
    private long lastFailureNanos;
    private long nextTryNanos;
    private long delayNanos;
    private boolean trying;

    Breaker(LongSupplier nanos, Listener listener) {
        this.nanos = nanos;
        this.listener = listener;
    }

    /** Why the disk is not used; null while it is. */
    @Nullable
    String why() {
        return why;
    }

    /** Whether the disk may be used now: always, or by one caller after each delay. */
    boolean mayTry() {
        return why == null || isItsTurn();
    }

    private synchronized boolean isItsTurn() {
        if (why == null) {
            return true;
        }
        long now = nanos.getAsLong();
        if (now - nextTryNanos < 0) {
            return false;
        }
        trying = true;
        delayNanos = Math.min(2 * delayNanos, MAX_DELAY_NANOS);
        nextTryNanos = now + delayNanos;
        return true;
    }

    /** It worked: what failed before is forgotten. */
    void succeeded() {
        if (failures != 0) {
            reset();
        }
    }

    /** It worked, but perhaps only because the page cache answered: believed of a try, ignored else. */
    void perhapsSucceeded() {
        if (why != null) {
            reset();
        }
    }

    private synchronized void reset() {
        if (why == null) {
            failures = 0;
        } else if (trying) {
            failures = 0;
            why = null;
            listener.changed(null);
        }
    }

    void failed(String how) {
        synchronized (this) {
            long now = nanos.getAsLong();
            trying = false;
            failures = now - lastFailureNanos > FORGET_AFTER_NANOS ? 1 : failures + 1;
            lastFailureNanos = now;
            if (why == null && failures >= TRIPS_AT) {
                delayNanos = FIRST_DELAY_NANOS;
                nextTryNanos = now + delayNanos;
                why = how;
                listener.changed(how);
            }
        }
    }
}
