package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.RunningClock;
import java.io.IOException;
import java.time.Duration;

/**
 * Notices a body that comes so slowly that it is as good as stalled: one byte now and then keeps a socket from timing
 * out for ever. Another connection is often better; nothing that landed is lost. Not thread-safe.
 */
final class Crawl {
    /** 13 KB/s with the default timeout of 5 s: less than the worst link that one would load a model over. */
    static final int LEAST_BYTES = 64 << 10;

    private final long windowNanos;
    private long windowStart = RunningClock.processNanos();
    private long windowBytes;

    Crawl(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** Takes note of {@code count} bytes. */
    void check(int count) throws IOException {
        windowBytes += count;
        long now = RunningClock.processNanos();
        if (now - windowStart < windowNanos) {
            return;
        }
        if (windowBytes < LEAST_BYTES) {
            throw new IOException("only " + windowBytes + " bytes in "
                    + Duration.ofNanos(now - windowStart).toMillis() + " ms");
        }
        windowStart = now;
        windowBytes = 0;
    }
}
