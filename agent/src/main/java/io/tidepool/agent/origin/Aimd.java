package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkLayout;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many chunks are asked of one origin at once: additive increase, multiplicative decrease.
 *
 * <ul>
 *   <li>As long as all that is allowed is in use and chunks arrive, it grows: by one a round; and, on the way back up
 *       after throttling, by one a chunk (twofold a round) until half of what it was.
 *   <li>Throttling halves it, at most once a second: what was sent before the cut is no reason for another.
 *   <li>When a chunk takes half as long again as it once did and no more bytes come for it, it shrinks by a tenth: the
 *       line is full, and what is in flight only waits for itself. Never below 8 (or half the ceiling) for this reason,
 *       for it is a guess.
 *   <li>A chunk that takes {@value #SLOW_SECONDS} s shrinks it by a tenth, down to 2: a line that is slow because many hosts
 *       share it would else carry so many chunks at a time that those somebody waits for miss their deadline.
 * </ul>
 *
 * <p>concurrency-limits' AIMDLimit has neither the second nor the throughput: it backs off at each dropped request, and
 * at a fixed latency. Thread-safe.
 */
final class Aimd {
    private static final long SLOW_SECONDS = 5;
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(SLOW_SECONDS);
    private static final double LEAST_OF_SLOWNESS = 2;
    private static final long CUT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REFERENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final int ceiling;
    private final double leastOfLatency;
    private final LongSupplier nanos;

    private double limit;
    private double fastUntil;
    private long cutNanos;
    private Window window;
    private Window reference;

    /** What arrived since a point in time. */
    private static final class Window {
        private final long startNanos;
        private long lastNanos;
        private long chunkNanos;
        private int chunks;

        private Window(long startNanos) {
            this.startNanos = startNanos;
        }

        private double rate() {
            return chunks / (double) Math.max(1, lastNanos - startNanos);
        }

        private double latency() {
            return chunkNanos / (double) Math.max(1, chunks);
        }
    }

    /** Starts at 8, or half of {@code ceiling}, and grows fast until there: nobody knows how slow the line is. */
    Aimd(int ceiling, LongSupplier nanos) {
        this.ceiling = ceiling;
        this.nanos = nanos;
        this.fastUntil = Math.max(1, ceiling / 2.0);
        this.limit = Math.min(8, fastUntil);
        this.leastOfLatency = limit;
        this.cutNanos = nanos.getAsLong() - CUT_NANOS;
        this.window = new Window(nanos.getAsLong());
        this.reference = window;
    }

    synchronized int limit() {
        return (int) limit;
    }

    /**
     * Takes note of a request that brought all it was asked for.
     *
     * @param inDemand whether all that is allowed was in use
     */
    synchronized void succeeded(long startedNanos, int bytes, boolean inDemand) {
        long now = nanos.getAsLong();
        if (now - startedNanos >= SLOW_NANOS) {
            fastUntil = 0;
            limit = Math.min(limit, Math.max(LEAST_OF_SLOWNESS, 0.9 * limit));
        } else if (inDemand) {
            limit = Math.min(ceiling, limit + (limit < fastUntil ? 1 : 1 / limit));
        }
        if (bytes == ChunkLayout.CHUNK_BYTES) {
            measure(startedNanos, now);
        }
    }

    private void measure(long startedNanos, long now) {
        window.chunks++;
        window.chunkNanos += now - startedNanos;
        window.lastNanos = now;
        if (now - window.startNanos < WINDOW_NANOS || window.chunks < limit) {
            return;
        }
        boolean old = reference.chunks == 0 || now - reference.startNanos > REFERENCE_NANOS;
        boolean moreCame = window.rate() > 1.05 * reference.rate();
        if (old || moreCame) {
            reference = window;
        } else if (window.latency() > 1.5 * reference.latency() && limit > leastOfLatency) {
            limit = Math.max(leastOfLatency, 0.9 * limit);
        }
        window = new Window(now);
    }

    /** Takes note that the origin asks for less. */
    synchronized void throttled() {
        long now = nanos.getAsLong();
        if (now - cutNanos < CUT_NANOS) {
            return;
        }
        cutNanos = now;
        // On the way back up from a cut, the goal stays what it was before that one.
        fastUntil = limit <= fastUntil ? fastUntil : limit / 2;
        limit = Math.max(1, limit / 2);
        window = new Window(now);
    }
}
