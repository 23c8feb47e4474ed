package io.tidepool.fuse;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a test holds requests until it lets them go; it counts who waits and who was interrupted. Thread-safe. */
final class Gate {
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    void await() throws InterruptedException {
        waiting.incrementAndGet();
        try {
            // A bound, so that a failing test can't hang the build.
            if (!open.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody opened the gate");
            }
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        } finally {
            waiting.decrementAndGet();
        }
    }

    void open() {
        open.countDown();
    }

    boolean isOpen() {
        return open.getCount() == 0;
    }

    int waiting() {
        return waiting.get();
    }

    int interrupted() {
        return interrupted.get();
    }
}
