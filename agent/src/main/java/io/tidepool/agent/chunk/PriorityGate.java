package io.tidepool.agent.chunk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A semaphore that serves demand before read-ahead, and first come first served among equals. The number of its permits
 * may change at any time.
 *
 * <p>A waiter's urgency is looked at when a permit comes free, not when it began to wait: a read-ahead fill that a reader
 * has joined overtakes. Thread-safe.
 */
public final class PriorityGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private int permits;
    /** Negative while more permits are in use than there are by now. */
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
        boolean _ = tryAcquire(ticket, Long.MAX_VALUE);
    }

    /** Waits for a permit for so long; false if there was none. */
    public boolean tryAcquire(FillTicket ticket, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (free > 0) {
                free--;
                return true;
            }
            return await(ticket, nanos);
        } finally {
            lock.unlock();
        }
    }

    private boolean await(FillTicket ticket, long nanos) throws InterruptedException {
        Waiter waiter = new Waiter(ticket);
        waiters.addLast(waiter);
        long left = nanos;
        try {
            while (!waiter.hasPermit && left > 0) {
                left = waiter.granted.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            if (waiter.hasPermit) {
                free++;
                handOut();
            } else {
                waiters.remove(waiter);
            }
            throw e;
        }
        if (!waiter.hasPermit) {
            waiters.remove(waiter);
        }
        return waiter.hasPermit;
    }

    public void release() {
        lock.lock();
        try {
            free++;
            handOut();
        } finally {
            lock.unlock();
        }
    }

    /** From now on there are so many permits; what is in use beyond them stays in use until it is released. */
    public void setPermits(int count) {
        lock.lock();
        try {
            free += count - permits;
            permits = count;
            handOut();
        } finally {
            lock.unlock();
        }
    }

    private void handOut() {
        while (free > 0 && !waiters.isEmpty()) {
            Waiter next = takeNext();
            free--;
            next.hasPermit = true;
            next.granted.signal();
        }
    }

    private Waiter takeNext() {
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            Waiter waiter = i.next();
            if (waiter.ticket.priority() == Priority.DEMAND) {
                i.remove();
                return waiter;
            }
        }
        return waiters.removeFirst();
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

    /** Whether all permits are in use. */
    public boolean isSaturated() {
        lock.lock();
        try {
            return free <= 0;
        } finally {
            lock.unlock();
        }
    }
}
