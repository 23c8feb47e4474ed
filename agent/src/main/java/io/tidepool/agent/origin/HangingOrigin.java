package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An origin whose calls may hang in the kernel, where no interrupt reaches them: a directory on a NAS that is away. Each
 * runs on a thread of its own, and a caller waits for it only while it gets on.
 *
 * <p>A hanging call is abandoned, not ended: its thread stays until the kernel lets go of it. When there are 16 of those,
 * calls fail without being made; those already under way are bounded too. What an abandoned read still brings is right, or comes after the fill's end and lands
 * nowhere ({@link Landing}). It is not interrupted: the interrupt would close its file, and wait for that. Thread-safe.
 */
public final class HangingOrigin implements Origin {
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(5);

    static final int MOST_STUCK = 16;

    private final Origin origin;
    private final Duration limit;
    private final Semaphore calls;
    private final AtomicInteger stuck = new AtomicInteger();
    private final ExecutorService threads;

    /**
     * @param origin closed with this
     * @param limit for a head or a list to end, and for a read to bring any bytes
     * @param concurrency calls at once while none hangs; see {@link #mostCalls}
     */
    public HangingOrigin(Origin origin, Duration limit, int concurrency, Metrics metrics) {
        this.origin = origin;
        this.limit = limit;
        this.calls = new Semaphore((int) mostCalls(concurrency));
        this.threads = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name(origin.name() + "-", 0).factory());
        metrics.gauge(Metric.ORIGIN_STUCK_CALLS, stuck::get, origin.name());
    }

    /** Calls under way at most, hanging or not, each on a thread. */
    public static long mostCalls(int concurrency) {
        return MOST_STUCK + (long) concurrency;
    }

    /** A call; it is stuck from when its caller leaves it until it ends. */
    private final class Task<T> extends FutureTask<T> {
        private boolean abandoned;

        private Task(SocketThread.Call<T> call) {
            super(call::run);
        }

        @Override
        protected synchronized void done() {
            calls.release();
            if (abandoned) {
                stuck.decrementAndGet();
            }
        }

        private synchronized void abandon() {
            if (!isDone()) {
                abandoned = true;
                stuck.incrementAndGet();
            }
        }
    }

    private <T> T call(String what, IntSupplier missing, SocketThread.Call<T> call)
            throws ChunkException, InterruptedException {
        if (stuck.get() >= MOST_STUCK) {
            throw hangs(what + " was not tried: " + MOST_STUCK + " calls hang already");
        }
        if (!calls.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw hangs(what + " was not tried: others took all of " + limit.toMillis() + " ms");
        }
        Task<T> task = start(call);
        boolean ended = false;
        try {
            int before;
            do {
                before = missing.getAsInt();
                try {
                    T answer = task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
                    ended = true;
                    return answer;
                } catch (TimeoutException e) {
                    // Looked at below.
                }
            } while (missing.getAsInt() < before);
            throw hangs(what + " hangs: nothing for " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            ended = true;
            if (e.getCause() instanceof InterruptedException overtaken) {
                // Nobody interrupts the call's thread.
                throw new ChunkException(Kind.UNAVAILABLE, what + " was overtaken by an earlier one", overtaken);
            }
            throw SocketThread.failure(e);
        } finally {
            if (!ended) {
                task.abandon();
            }
        }
    }

    private <T> Task<T> start(SocketThread.Call<T> call) {
        Task<T> task = new Task<>(call);
        try {
            threads.execute(task);
            return task;
        } catch (RuntimeException | Error e) {
            calls.release();
            throw e;
        }
    }

    private ChunkException hangs(String message) {
        return new ChunkException(Kind.UNAVAILABLE, message + "; check the mount of " + origin.name());
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        return call("head of " + Printable.text(key), () -> 0, () -> Optional.ofNullable(origin.head(key)))
                .orElse(null);
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int count)
            throws ChunkException, InterruptedException {
        return call("list of " + Printable.text(prefix), () -> 0, () -> origin.list(prefix, delimited, after, count));
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        call("read of " + Printable.text(id.version().key()), into::missing, () -> {
            origin.read(id, into);
            return id;
        });
    }

    /** Stuck calls are left behind: their threads don't keep the process. */
    @Override
    public void close() {
        threads.shutdown();
        origin.close();
    }
}
