package io.tidepool.agent.chunk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore that serves demand before read-ahead, and first come first served among equals.
 *
 * <p>A waiter's urgency is looked at when a permit comes free, not when it began to wait: a read-ahead fill that a reader
 * has joined overtakes. Thread-safe.
 */
public final class PriorityGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final int permits;
    private int free;

    private final class Waiter {
        private final FillTicket ticket;
        private final Condition granted = lock.newCondition();
        private boolean hasPermit;

        private Waiter(FillTicket ticket) {
            this.ticket = ticket;
        }
    }

    public PriorityGate(int permits) {
        this.permits = permits;
        this.free = permits;
    }

    /** Waits for a permit; {@link #release} gives it back. */
    public void acquire(FillTicket ticket) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (free > 0 && waiters.isEmpty()) {
                free--;
                return;
            }
            await(ticket);
        } finally {
            lock.unlock();
        }
    }

    private void await(FillTicket ticket) throws InterruptedException {
        Waiter waiter = new Waiter(ticket);
        waiters.addLast(waiter);
        try {
            while (!waiter.hasPermit) {
                waiter.granted.await();
            }
        } catch (InterruptedException e) {
            if (waiter.hasPermit) {
                handOver();
            } else {
                waiters.remove(waiter);
            }
            throw e;
        }
    }

    public void release() {
        lock.lock();
        try {
            handOver();
        } finally {
            lock.unlock();
        }
    }

    private void handOver() {
        Waiter next = takeNext();
        if (next == null) {
            free++;
        } else {
            next.hasPermit = true;
            next.granted.signal();
        }
    }

    private @Nullable Waiter takeNext() {
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            Waiter waiter = i.next();
            if (waiter.ticket.priority() == Priority.DEMAND) {
                i.remove();
                return waiter;
            }
        }
        return waiters.pollFirst();
    }

    /** Permits in use now. */
    public int inUse() {
        lock.lock();
        try {
            return permits - free;
        } finally {
            lock.unlock();
        }
    }
}
