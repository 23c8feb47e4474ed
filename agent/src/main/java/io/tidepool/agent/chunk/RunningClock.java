package io.tidepool.agent.chunk;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time as a process, or one of its threads, has lived it: while it was stopped (SIGSTOP, a frozen cgroup, a suspended
 * machine) or had no processor, hardly any passes. So who stood still doesn't blame the others for what he missed.
 *
 * <p>Somebody must look at it often: what passes between two looks counts only up to a limit. Thread-safe.
 */
public final class RunningClock {
    private static final RunningClock PROCESS = ofProcess();

    private final LongSupplier nanoClock;
    private final long mostNanos;
    private long seenNanos;
    private long lostNanos;

    /**
     * @param nanoClock {@link System#nanoTime}, but for tests
     * @param mostNanos that can pass between two looks
     */
    public RunningClock(LongSupplier nanoClock, long mostNanos) {
        this.nanoClock = nanoClock;
        this.mostNanos = mostNanos;
        this.seenNanos = nanoClock.getAsLong();
    }

    /** Nanoseconds that this process has run, from an arbitrary time on; its thread lives as long as the process. */
    public static long processNanos() {
        return PROCESS.nanos();
    }

    private static RunningClock ofProcess() {
        RunningClock clock = new RunningClock(System::nanoTime, TimeUnit.SECONDS.toNanos(1));
        Thread.ofPlatform().daemon().name("running-clock").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                clock.look();
                try {
                    Thread.sleep(200);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        return clock;
    }

    /** Nanoseconds, from an arbitrary time on. Looks, too. */
    public synchronized long nanos() {
        look();
        return seenNanos - lostNanos;
    }

    /** Returns how many nanoseconds have passed since the last look, lived or not. */
    public synchronized long look() {
        long now = nanoClock.getAsLong();
        long passed = now - seenNanos;
        lostNanos += Math.max(0, passed - mostNanos);
        seenNanos = now;
        return passed;
    }
}
