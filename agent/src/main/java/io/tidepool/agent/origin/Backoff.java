package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.RunningClock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long one fill waits between its tries, and when it stops trying. Not thread-safe.
 *
 * <p>The wait doubles from 50 ms to 2 s (longer, and a fill is slow to see that the origin is back), less up to half of
 * it by chance, so that a burst of failures is not repeated as a burst. Progress starts it anew: 64 KiB, for an origin
 * that gives some bytes a try and no more would be waited for without end. What the origin asks for is obeyed, however
 * long.
 */
final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LAST_NANOS = Duration.ofSeconds(2).toNanos();

    private final Landing landing;
    private final long patienceNanos;

    private int missingBefore;
    private long progressNanos = RunningClock.processNanos();
    private long capNanos = FIRST_NANOS;
    private long delayNanos;
    private int tries;

    Backoff(Landing landing, long patienceNanos) {
        this.landing = landing;
        this.patienceNanos = patienceNanos;
        this.missingBefore = landing.missing();
    }

    /** Time in which the fill was not to blame for having no progress. */
    void forgive(long nanos) {
        progressNanos += nanos;
    }

    /** Takes note of a try that has just failed. */
    void failed(Throwable failure) {
        tries++;
        if (missingBefore - landing.missing() >= Crawl.LEAST_BYTES) {
            missingBefore = landing.missing();
            progressNanos = RunningClock.processNanos();
            capNanos = FIRST_NANOS;
        }
        long random = capNanos - ThreadLocalRandom.current().nextLong(capNanos / 2);
        delayNanos = Math.max(random, SlowDown.of(failure).toNanos());
        capNanos = Math.min(2 * capNanos, LAST_NANOS);
    }

    /** For the message of the failure. */
    String tries() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(RunningClock.processNanos() - progressNanos);
        return (tries == 1 ? "1 try" : tries + " tries") + ", the last " + seconds + " s without progress";
    }

    /** How much patience is left; zero or less when it has ended. */
    long patienceLeftNanos() {
        return progressNanos + patienceNanos - RunningClock.processNanos();
    }

    /** The wait before the next try. */
    Duration delay() {
        return Duration.ofNanos(delayNanos);
    }

    /** Whether the next try would begin only after the patience has ended. */
    boolean isHopeless() {
        return delayNanos > patienceLeftNanos();
    }
}
