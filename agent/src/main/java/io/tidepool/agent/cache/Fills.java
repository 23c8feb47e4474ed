package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the fills: landing memory, then the sources in their order, then the disk.
 *
 * <p>A fill waits for landing memory on a virtual thread and works on a platform thread: there are as many of those as
 * there are landing buffers at most, and blocking reads cost less CPU on them.
 */
public final class Fills implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Fills.class);

    /** Long enough for a reader to go through a chunk; then the disk is tried again. */
    private static final long UNKEPT_SECONDS = 10;

    private final LandingPool pool;
    private final DiskTier disk;
    private final List<ChunkSource> sources;
    private final Integrity integrity;
    private final Metrics metrics;
    private final ConcurrentHashMap<ChunkId, InFlight> inFlight = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<InFlight> unkept = new ConcurrentLinkedDeque<>();
    private final List<Consumer<FillReport>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService waiters = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fill-wait-", 0).factory());
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("fill-", 0).factory());
    private final int unkeptLimit;

    /** @param sources in the order they are asked; the disk first, for chunks that must be verified before use */
    public Fills(LandingPool pool, DiskTier disk, List<ChunkSource> sources, Integrity integrity, Metrics metrics) {
        this.pool = pool;
        this.disk = disk;
        this.sources = List.copyOf(sources);
        this.integrity = integrity;
        this.metrics = metrics;
        this.unkeptLimit = pool.buffers() / 2;
        disk.onForget(this::forgetUnkept);
        metrics.gauge(Metric.FILLS_IN_FLIGHT, () -> inFlight.size() - unkept.size());
    }

    ConcurrentHashMap<ChunkId, InFlight> inFlight() {
        return inFlight;
    }

    /** {@code listener} hears of every fill that ended, on the fill's thread; it must not block. */
    public void onEnd(Consumer<FillReport> listener) {
        listeners.add(listener);
    }

    InFlight create(ChunkId id, Priority priority) {
        InFlight fill = new InFlight(id, priority, pool);
        if (integrity.canCheckAlone(id)) {
            fill.buffer().holdBack();
        }
        return fill;
    }

    /** Starts {@code fill} if nobody has. */
    void startOnce(InFlight fill) {
        if (fill.claimStart()) {
            waiters.execute(() -> awaitMemory(fill));
        }
    }

    private void awaitMemory(InFlight fill) {
        try {
            pool.lend(fill.buffer(), fill.ticket());
            workers.execute(() -> run(fill));
        } catch (InterruptedException | RejectedExecutionException e) {
            end(fill, report(fill, 0, false, new ChunkException(Kind.INTERRUPTED, "the agent is stopping", e)));
        } catch (RuntimeException | Error e) {
            // No memory, no thread: this fill fails, and its chunk must not stay in flight for ever.
            log.error("fill of {} could not start", fill.id(), e);
            end(fill, report(fill, 0, false, new ChunkException(Kind.INTERNAL, "no means to fill: " + e, e)));
        }
    }

    private void run(InFlight fill) {
        long start = System.nanoTime();
        FillReport report;
        try {
            fillFromSources(fill);
            if (fill.buffer().isHeldBack()) {
                checkBeforeAnybodyReads(fill);
            }
            long nanos = System.nanoTime() - start;
            fill.buffer().complete();
            report = report(fill, nanos, keep(fill), null);
        } catch (ChunkException e) {
            report = report(fill, System.nanoTime() - start, false, e);
        } catch (InterruptedException e) {
            ChunkException why = new ChunkException(Kind.INTERRUPTED, "the agent is stopping", e);
            report = report(fill, System.nanoTime() - start, false, why);
        } catch (RuntimeException | Error e) {
            log.error("fill of {} failed unexpectedly", fill.id(), e);
            ChunkException why = new ChunkException(Kind.INTERNAL, "fill of " + fill.id() + " failed: " + e, e);
            report = report(fill, System.nanoTime() - start, false, why);
        }
        end(fill, report);
    }

    private void fillFromSources(InFlight fill) throws ChunkException, InterruptedException {
        for (ChunkSource source : sources) {
            fill.setSource(source.tier());
            if (source.fill(fill.id(), fill.buffer(), fill.ticket())) {
                return;
            }
        }
        throw new ChunkException(Kind.UNAVAILABLE, "no source has " + fill.id());
    }

    /** A chunk that is its whole object can be compared with the origin's checksum, and fetched anew before it is shown. */
    private void checkBeforeAnybodyReads(InFlight fill) throws ChunkException, InterruptedException {
        while (!integrity.isRight(fill.id(), fill.buffer())) {
            integrity.mismatched(fill.id().version());
            integrity.refuseQuarantined(fill.id().version());
            fill.buffer().restart();
            fillFromSources(fill);
        }
    }

    /** True when the chunk is on disk: it was there, or could be stored. */
    private boolean keep(InFlight fill) {
        if (fill.source() == Tier.DISK) {
            return true;
        }
        boolean kept = disk.store(fill.id(), fill.buffer());
        if (kept) {
            integrity.checkIfComplete(fill.id().version());
        }
        return kept;
    }

    private void end(InFlight fill, FillReport report) {
        ChunkException failure = report.failure();
        if (failure == null && !report.kept()) {
            keepInMemory(fill);
        } else {
            inFlight.remove(fill.id(), fill);
        }
        if (failure != null) {
            fill.buffer().fail(failure);
        }
        count(report);
        listeners.forEach(listener -> listener.accept(report));
        fill.release();
        fill.ended().complete(report);
    }

    /**
     * A chunk that the disk would not take is served from memory, the last few of them: else each 128 KiB of a reader
     * would fetch 8 MiB again.
     */
    private void keepInMemory(InFlight fill) {
        if (unkeptLimit == 0 || !fill.retain(Priority.READ_AHEAD)) {
            inFlight.remove(fill.id(), fill);
            return;
        }
        unkept.addLast(fill);
        while (unkept.size() > unkeptLimit) {
            InFlight oldest = unkept.peekFirst();
            if (oldest != null) {
                forgetUnkept(oldest);
            }
        }
        CompletableFuture.delayedExecutor(UNKEPT_SECONDS, TimeUnit.SECONDS).execute(() -> forgetUnkept(fill));
        if (disk.isQuarantined(fill.id().version())) {
            forgetUnkept(fill); // it may have been quarantined before this could be found
        }
    }

    /** Evicted or quarantined: what the disk would not take goes as well. */
    private void forgetUnkept(ObjectVersion version) {
        for (InFlight fill : unkept) {
            if (fill.id().version().equals(version)) {
                forgetUnkept(fill);
            }
        }
    }

    private void forgetUnkept(InFlight fill) {
        if (unkept.remove(fill)) {
            inFlight.remove(fill.id(), fill);
            fill.release();
        }
    }

    private static FillReport report(InFlight fill, long nanos, boolean kept, @Nullable ChunkException failure) {
        LandingBuffer buffer = fill.buffer();
        return new FillReport(fill.id(), fill.source(), buffer.watermark(), nanos, kept, failure);
    }

    private void count(FillReport report) {
        ChunkException failure = report.failure();
        String result = failure == null ? "ok" : failure.kind().name().toLowerCase(Locale.ROOT);
        metrics.increment(Metric.FILLS, result);
        metrics.add(Metric.FILL_BYTES, report.landedBytes(), report.source().label());
        metrics.time(Metric.FILL_SECONDS, report.nanos());
    }

    /** Stops the fills; their readers get an error. Waits a little for those that are writing to disk. */
    @Override
    public void close() {
        waiters.shutdownNow();
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("some fills did not stop within 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
