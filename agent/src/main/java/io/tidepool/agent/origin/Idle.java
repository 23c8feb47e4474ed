package io.tidepool.agent.origin;

/** How long nothing has come in answer to one request, and to those that race it. Thread-safe. */
final class Idle {
    private volatile long sinceNanos = System.nanoTime();
    private volatile long longestNanos;

    /** Something came, or was asked for anew. */
    synchronized void end() {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - sinceNanos);
        sinceNanos = now;
    }

    long nanos() {
        return System.nanoTime() - sinceNanos;
    }

    /** The longest silence that has ended. */
    long longestNanos() {
        return longestNanos;
    }
}
