package io.tidepool.agent.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many {@code Read} calls may run; others wait for a while, first come first served. Thread-safe. */
final class ReadSlots {
    private final Semaphore free;
    private final int slots;
    private final Duration wait;

    ReadSlots(int slots, Duration wait) {
        this.free = new Semaphore(slots, true);
        this.slots = slots;
        this.wait = wait;
    }

    /** Waits for a slot; the caller owes a {@link #release}. */
    void acquire() throws InterruptedException {
        if (!free.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
            throw GrpcErrors.busy("the agent serves " + slots + " reads, as many as it may, and none ended for "
                    + wait.toSeconds() + " s; try again later");
        }
    }

    void release() {
        free.release();
    }

    int inUse() {
        return slots - free.availablePermits();
    }
}
