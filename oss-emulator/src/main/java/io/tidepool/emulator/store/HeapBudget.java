package io.tidepool.emulator.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of objects, parts and uploads may be on the heap at once. Each holder counts what it holds, so bytes
 * that two of them share count twice. Thread-safe.
 */
final class HeapBudget {

    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    HeapBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** @throws HeapFullException when they do not fit; then nothing is taken */
    void take(long bytes) {
        if (used.addAndGet(bytes) > limitBytes && bytes > 0) {
            used.addAndGet(-bytes);
            throw new HeapFullException(limitBytes);
        }
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
