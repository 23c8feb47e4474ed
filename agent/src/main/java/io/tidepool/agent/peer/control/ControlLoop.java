package io.tidepool.agent.peer.control;

import io.tidepool.agent.chunk.RunningClock;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns a state: whatever reads or changes it is posted here.
 *
 * <p>Its clock is a {@link RunningClock}: a host that stood still doesn't take the others for silent.
 */
final class ControlLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);
    /** The ticks come more often. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    /** When a silent host is avoided by the others. */
    private static final long STANDSTILL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ScheduledExecutorService thread;
    private final String name;
    private final RunningClock clock = new RunningClock(System::nanoTime, MOST_NANOS);
    private LongConsumer standstill = _ -> {};

    /** @param name the thread's, and what the log calls it */
    ControlLoop(String name) {
        this.name = name;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Before anything is posted: {@code action} runs, with the loop's time, when it could not run for so long that the other
     * hosts must have noticed.
     */
    void onStandstill(LongConsumer action) {
        standstill = action;
    }

    /** Runs {@code tick} every {@code millis} from now on; less than 150, so that the clock goes as fast as others do. */
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

    /** Nanoseconds, from an arbitrary time on. For the loop's thread, or before anything is posted. */
    long nanos() {
        boolean stoodStill = clock.look() >= STANDSTILL_NANOS;
        long now = clock.nanos();
        if (stoodStill) {
            standstill.accept(now);
        }
        return now;
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
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
