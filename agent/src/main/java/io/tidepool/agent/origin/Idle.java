package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.RunningClock;

/** How long nothing has come in answer to one request, and to those that race it. Thread-safe. */
final class Idle {
    private volatile long sinceNanos = RunningClock.processNanos();
    private volatile long longestNanos;

    /** Something came, or was asked for anew. */
    synchronized void end() {
        long now = RunningClock.processNanos();
        longestNanos = Math.max(longestNanos, now - sinceNanos);
        sinceNanos = now;
    }

    long nanos() {
        return RunningClock.processNanos() - sinceNanos;
    }

    /** The longest silence that has ended. */
    long longestNanos() {
        return longestNanos;
    }
}
