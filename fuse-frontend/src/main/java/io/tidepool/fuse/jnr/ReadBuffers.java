package io.tidepool.fuse.jnr;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of the reads that wait for their bytes: at most a fixed number, made when first needed, kept until the mount
 * ends. A read that finds none waits, for a bounded time, and holds nothing meanwhile. Thread-safe.
 */
final class ReadBuffers {
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<ReadBuffer> idle = new ConcurrentLinkedDeque<>();

    ReadBuffers(int limit) {
        this.permits = new Semaphore(limit, true);
    }

    /** A buffer that is the caller's until it is given back; null if none came free in that time. */
    @Nullable
    ReadBuffer take(long waitNanos) throws InterruptedException {
        if (!permits.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
            return null;
        }
        ReadBuffer buffer = idle.pollFirst();
        return buffer != null ? buffer : new ReadBuffer();
    }

    void giveBack(ReadBuffer buffer) {
        idle.addFirst(buffer);
        permits.release();
    }
}
