package io.tidepool.agent.peer.control;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns a state: whatever reads or changes it is posted here.
 *
 * <p>Its clock tells time as the loop has lived it: while the loop did not run, because the process was stopped or had no
 * processor, hardly any passes. So a host that stood still doesn't take the others for silent.
 */
final class ControlLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);
    /** The ticks come more often. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private final ScheduledExecutorService thread;
    private final String name;
    private long seenNanos = System.nanoTime();
    private long nanos = seenNanos;

    /** @param name the thread's, and what the log calls it */
    ControlLoop(String name) {
        this.name = name;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Runs {@code tick} every {@code millis} from now on; less than 150. */
    void every(long millis, Runnable tick) {
        var _ = thread.scheduleWithFixedDelay(guarded(tick), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Runs {@code work} after what was posted before it. Any thread may call; nothing happens once the loop is closed. */
    void post(Runnable work) {
        try {
            thread.execute(guarded(work));
        } catch (RejectedExecutionException e) {
            log.trace("{} is closed", name);
        }
    }

    /** Nanoseconds, from an arbitrary time on. For the loop's thread. */
    long nanos() {
        long now = System.nanoTime();
        nanos += Math.min(now - seenNanos, MOST_NANOS);
        seenNanos = now;
        return nanos;
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.error("{} failed unexpectedly", name, e);
            }
        };
    }

    /** Ends after what is posted by now. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
