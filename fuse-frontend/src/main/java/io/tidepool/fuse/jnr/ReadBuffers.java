package io.tidepool.fuse.jnr;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * The buffers of the reads that wait for their bytes: at most a fixed number, made when first needed, kept until the mount
 * ends. A read that finds none waits, and holds nothing meanwhile. Thread-safe.
 */
final class ReadBuffers {
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<ReadBuffer> idle = new ConcurrentLinkedDeque<>();

    ReadBuffers(int limit) {
        this.permits = new Semaphore(limit, true);
    }

    /** A buffer that is the caller's until it is given back. */
    ReadBuffer take() throws InterruptedException {
        permits.acquire();
        ReadBuffer buffer = idle.pollFirst();
        return buffer != null ? buffer : new ReadBuffer();
    }

    void giveBack(ReadBuffer buffer) {
        idle.addFirst(buffer);
        permits.release();
    }
}
