package io.tidepool.agent.origin;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time during which one origin is sent nothing, because it asked for that or answers every request by throttling.
 *
 * <p>What it asks for ({@code x-oss-qos-delay-time}) is obeyed by all requests, not only by the one that was told. If it
 * asks for nothing, the second throttled round in a row begins a pause of 50 ms, and each further one a pause twice as
 * long, up to 2 s: reads resume within that after its end. A round is what was sent since the last pause began: a hundred
 * answers to one round are one reason. Up to a fifth is added by chance, so that a thousand hosts don't come back as one.
 * Thread-safe.
 */
final class Pause {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LongSupplier nanos;
    private long untilNanos;
    private long roundNanos;
    private int throttledRounds;

    Pause(LongSupplier nanos) {
        this.nanos = nanos;
        this.untilNanos = nanos.getAsLong();
        this.roundNanos = untilNanos - 1;
    }

    /** What is left of it; zero or less if there is none. */
    synchronized long leftNanos() {
        return untilNanos - nanos.getAsLong();
    }

    /** Takes note that a request got what it asked for. */
    synchronized void succeeded(long startedNanos) {
        if (startedNanos - roundNanos > 0) {
            throttledRounds = 0;
        }
    }

    /** Takes note of a throttled request; true if a pause begins, or lasts longer, for it. */
    synchronized boolean throttled(long startedNanos, Duration asked) {
        long now = nanos.getAsLong();
        long own = 0;
        if (startedNanos - roundNanos > 0) {
            throttledRounds++;
            roundNanos = now;
            own = throttledRounds < 2 ? 0 : Math.min(LAST_NANOS, FIRST_NANOS << Math.min(10, throttledRounds - 2));
        }
        long pause = Math.max(own, asked.toNanos());
        long until = now + pause + (pause == 0 ? 0 : ThreadLocalRandom.current().nextLong(pause / 5 + 1));
        boolean longer = until - untilNanos > 0 && pause > 0;
        untilNanos = longer ? until : untilNanos;
        return longer;
    }
}
