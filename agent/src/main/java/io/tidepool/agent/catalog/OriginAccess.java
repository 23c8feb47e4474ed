package io.tidepool.agent.catalog;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.origin.Origin;
import io.tidepool.agent.origin.Outage;
import io.tidepool.agent.origin.SlowDown;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks one origin for names, with retries, within a time limit; and remembers for a second that it is not there, so that
 * a thousand {@code stat}s don't wait one after the other. Thread-safe.
 */
final class OriginAccess {
    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration LAST_DELAY = Duration.ofSeconds(1);
    private static final long OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An answer served instead of the origin's counts as stale for so long after it was served. */
    private static final long SERVED_STALE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Origin origin;
    private final LongSupplier nanos;
    private volatile long contactNanos;
    private volatile long outageUntilNanos;
    private volatile long servedStaleNanos;
    private volatile boolean servesStale;

    /** How long to try. */
    enum Patience {
        /** There is a last known answer to fall back on. */
        SHORT(2, Duration.ofSeconds(3)),
        /** There is none. */
        LONG(5, Duration.ofSeconds(10)),
        /** There is none, and the origin was not there a moment ago. */
        ONE_TRY(0, Duration.ofSeconds(3));

        private final int retries;
        private final Duration limit;

        Patience(int retries, Duration limit) {
            this.retries = retries;
            this.limit = limit;
        }
    }

    /** What is asked. */
    interface Request<T> {
        T ask(Origin origin) throws ChunkException, InterruptedException;
    }

    OriginAccess(Origin origin, LongSupplier nanos) {
        this.origin = origin;
        this.nanos = nanos;
        this.contactNanos = nanos.getAsLong();
        this.outageUntilNanos = contactNanos;
    }

    /** Whether no answer came from the origin a moment ago. */
    boolean isOut() {
        return outageUntilNanos - nanos.getAsLong() > 0;
    }

    /** A failure like that of a moment ago, without asking. */
    ChunkException outFailure() {
        return new ChunkException(
                Kind.UNAVAILABLE,
                "origin " + origin.name() + " did not answer a moment ago and is not asked again yet");
    }

    <T> T call(Patience patience, Request<T> request) throws ChunkException, InterruptedException {
        RetryPolicy<Object> retries = RetryPolicy.builder()
                .withMaxRetries(patience.retries)
                .withBackoff(FIRST_DELAY, LAST_DELAY)
                .withJitter(0.25)
                .withDelayFn(tries -> asked(tries.getLastException()))
                .handleIf(e -> e instanceof ChunkException c && c.kind().retryable())
                .build();
        Timeout<Object> limit = Timeout.builder(patience.limit).withInterrupt().build();
        try {
            T answer = Failsafe.with(limit, retries).get(() -> request.ask(origin));
            contactNanos = nanos.getAsLong();
            servesStale = false;
            return answer;
        } catch (TimeoutExceededException e) {
            outageUntilNanos = nanos.getAsLong() + OUTAGE_NANOS;
            throw new ChunkException(
                    Kind.DEADLINE,
                    "origin " + origin.name() + " gave no answer within " + patience.limit.toSeconds() + " s",
                    e);
        } catch (FailsafeException e) {
            throw unwrapped(e);
        }
    }

    /** The delay that the origin asks for; negative, for the policy's own, if it asks for none. */
    private static Duration asked(Throwable failure) {
        Duration asked = SlowDown.of(failure);
        return asked.isZero() ? Duration.ofNanos(-1) : asked;
    }

    private RuntimeException unwrapped(FailsafeException e) throws ChunkException, InterruptedException {
        switch (e.getCause()) {
            case ChunkException c -> {
                if (Outage.is(c)) {
                    outageUntilNanos = nanos.getAsLong() + OUTAGE_NANOS;
                } else if (!c.kind().retryable()) {
                    contactNanos = nanos.getAsLong();
                    servesStale = false;
                }
                throw c;
            }
            case InterruptedException i -> {
                Thread.interrupted();
                throw i;
            }
            case null, default -> throw e;
        }
    }

    /** Takes note that a last known answer was served in place of the origin's. */
    void servedStale() {
        servedStaleNanos = nanos.getAsLong();
        servesStale = true;
    }

    /** How old what is served may be, because the origin can't be asked; 0 if it can. */
    double stalenessSeconds() {
        long now = nanos.getAsLong();
        boolean stale = servesStale && now - servedStaleNanos < SERVED_STALE_NANOS;
        return stale ? (now - contactNanos) / 1e9 : 0;
    }
}
