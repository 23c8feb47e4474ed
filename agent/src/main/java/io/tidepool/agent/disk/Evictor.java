package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cache within its capacity by forgetting what was loaded longest ago.
 *
 * <ol>
 *   <li>Whole files, the least recently loaded first. Never a pinned one, one in use, or the one loaded last: that is the
 *       model which is being loaded, or the hottest.
 *   <li>Where a writer still finds no room, the files that remain are larger than the capacity by themselves: holes are
 *       punched into them, chunk by chunk, where nobody reads.
 * </ol>
 *
 * <p>A thread works in the background from the high down to the low watermark, by (1) only: a model that fills 97 % of
 * the cache is kept. A writer that finds no room evicts what it needs itself, for a bounded time. Thread-safe.
 */
final class Evictor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Evictor.class);
    private static final long WRITER_WAITS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SAVE_EVERY_SECONDS = 5;

    private final CacheFiles files;
    private final Space space;
    private final Predicate<VersionId> pinned;
    private final DiskOptions options;
    private final Metrics metrics;
    private final ReentrantLock evicting = new ReentrantLock(true);
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopped;
    private volatile long owedBytes;

    Evictor(CacheFiles files, Space space, Predicate<VersionId> pinned, DiskOptions options, Metrics metrics) {
        this.files = files;
        this.space = space;
        this.pinned = pinned;
        this.options = options;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("cache-evictor").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
        wake();
    }

    /** Reserves {@code bytes}, making room for them if need be; false if there is none. */
    boolean reserve(long bytes) {
        boolean reserved = space.tryReserve(bytes) || makeRoom(bytes);
        if (isAbove(options.highWatermark(), space.limitBytes())) {
            wake();
        }
        return reserved;
    }

    /** The file system has less room than it should: some bytes shall go, in the background. */
    void owe(long bytes) {
        owedBytes = bytes;
        wake();
    }

    private boolean isAbove(double watermark, long limitBytes) {
        return space.usedBytes() > (long) (limitBytes * watermark);
    }

    private void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    private boolean makeRoom(long bytes) {
        long deadline = System.nanoTime() + WRITER_WAITS_NANOS;
        if (!lock()) {
            return false;
        }
        try {
            // More than this freed, and still no room: someone else fills the file system, and our loss doesn't help.
            long enough = 4 * Math.max(bytes, space.usedBytes() + bytes - space.limitBytes());
            long freed = 0;
            Pass pass = new Pass();
            while (!space.tryReserve(bytes)) {
                long more = pass.free(true);
                freed += more;
                if (more == 0 || freed > enough || System.nanoTime() > deadline) {
                    return space.tryReserve(bytes);
                }
            }
            return true;
        } finally {
            evicting.unlock();
        }
    }

    private boolean lock() {
        try {
            return evicting.tryLock(WRITER_WAITS_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** One walk over the files, the least recently loaded first. */
    private final class Pass {
        private final List<CacheFile> oldest = oldestFirst();
        private int nextWhole;
        private int nextHoled;

        /** Frees the next file, or else, if {@code holes}, the next chunk. Returns the bytes; 0 at the end. */
        long free(boolean holes) {
            // Not the one loaded last.
            while (nextWhole < oldest.size() - 1) {
                long freed = count("capacity", unlessPinned(oldest.get(nextWhole++), file -> file.remove(false)));
                if (freed > 0) {
                    return freed;
                }
            }
            while (holes && nextHoled < oldest.size()) {
                long freed = count("punched", unlessPinned(oldest.get(nextHoled), CacheFile::punchNext));
                if (freed > 0) {
                    return freed;
                }
                nextHoled++;
            }
            return 0;
        }

        private long unlessPinned(CacheFile file, ToLongFunction<CacheFile> free) {
            return pinned.test(file.version().id()) ? 0 : free.applyAsLong(file);
        }

        private long count(String reason, long freed) {
            if (freed > 0) {
                metrics.add(Metric.CACHE_EVICTED_BYTES, (double) freed, reason);
            }
            return freed;
        }
    }

    private List<CacheFile> oldestFirst() {
        List<CacheFile> candidates = new ArrayList<>(files.all());
        // Sorting by a value that others may change meanwhile would break the sort.
        Map<CacheFile, Long> loaded = new HashMap<>();
        candidates.forEach(file -> loaded.put(file, file.lastLoadedMicros()));
        candidates.sort(Comparator.comparing(loaded::get));
        return candidates;
    }

    private void run() {
        long savedAtNanos = System.nanoTime();
        while (!stopped) {
            try {
                boolean _ = work.tryAcquire(SAVE_EVERY_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return;
            }
            work.drainPermits();
            try {
                evictToLowWatermark();
                payDebt();
                if (System.nanoTime() - savedAtNanos > TimeUnit.SECONDS.toNanos(SAVE_EVERY_SECONDS)) {
                    savedAtNanos = System.nanoTime();
                    files.saveTouched();
                }
            } catch (RuntimeException e) {
                // A cache that no longer evicts would fill up silently.
                LOG.error("eviction failed, will try again", e);
            }
        }
    }

    private void evictToLowWatermark() {
        long limit = space.limitBytes();
        if (!isAbove(options.highWatermark(), limit)) {
            return;
        }
        Pass pass = new Pass();
        boolean more = true;
        while (more && !stopped && isAbove(options.lowWatermark(), limit)) {
            // Taken for each file anew, so that writers who need room now come in between.
            evicting.lock();
            try {
                more = pass.free(false) > 0;
            } finally {
                evicting.unlock();
            }
        }
    }

    private void payDebt() {
        long owed = owedBytes;
        if (owed == 0) {
            return;
        }
        owedBytes = 0;
        evicting.lock();
        try {
            Pass pass = new Pass();
            long freed = 1;
            while (!stopped && owed > 0 && freed > 0) {
                freed = pass.free(true);
                owed -= freed;
            }
        } finally {
            evicting.unlock();
        }
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        stopped = true;
        work.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
