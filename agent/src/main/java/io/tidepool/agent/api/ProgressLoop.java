package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Does a long job and tells of it meanwhile. */
final class ProgressLoop {
    private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(500);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

    /** The long job. Interrupting it ends it. */
    @FunctionalInterface
    interface Job {
        void run() throws ChunkException, InterruptedException;
    }

    private ProgressLoop() {}

    /**
     * Returns when the job has ended; when interrupted, ends the job first. Of what {@code progress} gives at each interval,
     * {@code out} gets what its reader can take.
     */
    static <T> void run(Job job, Duration interval, Supplier<T> progress, ReplyStream<T> out)
            throws ChunkException, InterruptedException {
        try (ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> done = worker.submit(() -> {
                job.run();
                return null;
            });
            try {
                while (!ended(done, interval)) {
                    out.offer(progress.get());
                }
            } finally {
                // Closing the executor then waits for the job to see it.
                done.cancel(true);
            }
        }
    }

    private static boolean ended(Future<?> done, Duration interval) throws ChunkException, InterruptedException {
        try {
            done.get(interval.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ChunkException failed -> throw failed;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** What a request asks for, within reason. */
    static Duration interval(boolean given, com.google.protobuf.Duration asked) {
        Duration interval = given ? Entries.duration(asked) : DEFAULT_INTERVAL;
        return interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval;
    }
}
