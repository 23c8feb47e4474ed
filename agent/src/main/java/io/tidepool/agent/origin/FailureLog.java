package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Writes failures to a log, one line a kind in ten seconds: an outage fails a thousand requests, and its first line says
 * it all. Thread-safe.
 */
public final class FailureLog {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final LongSupplier nanos;
    private final Map<Kind, Last> lasts = new EnumMap<>(Kind.class);

    private record Last(long atNanos, long leftOut) {}

    /** @param nanos {@link System#nanoTime} or a simulation's clock */
    public FailureLog(Logger log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
    }

    /** Takes note of a failure that is told to a reader. Its message is for operators already. */
    public void report(ChunkException failure) {
        report(failure.kind(), String.valueOf(failure.getMessage()));
    }

    /** As {@link #report(ChunkException)}, for a failure that is told in other words. */
    public void report(Kind kind, String message) {
        long leftOut = leftOut(kind);
        if (leftOut == 0) {
            log.warn("{}", message);
        } else if (leftOut > 0) {
            log.warn("{} ({} more like it since the last line)", message, leftOut);
        }
    }

    /** How many were left out before this one; negative if this one is too. */
    private synchronized long leftOut(Kind kind) {
        long now = nanos.getAsLong();
        Last last = lasts.get(kind);
        if (last != null && now - last.atNanos < QUIET_NANOS) {
            lasts.put(kind, new Last(last.atNanos, last.leftOut + 1));
            return -1;
        }
        lasts.put(kind, new Last(now, 0));
        return last == null ? 0 : last.leftOut;
    }
}
