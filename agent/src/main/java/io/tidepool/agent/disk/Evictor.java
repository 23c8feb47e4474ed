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
        if (space.isAbove(options.highWatermark())) {
            wake();
        }
        return reserved;
    }

    /** The file system has less room than it should: some bytes shall go, in the background. */
    void owe(long bytes) {
        owedBytes = bytes;
        wake();
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
            long enough = 4 * Math.max(bytes, space.usedBytes() + bytes - space.capacityBytes());
            long freed = 0;
            while (!space.tryReserve(bytes)) {
                long more = evictOldest();
                if (more == 0) {
                    more = punchOldest();
                }
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

    /** Removes the least recently loaded file that may go. Returns the bytes that it took. */
    private long evictOldest() {
        List<CacheFile> oldest = oldestFirst();
        for (CacheFile file : oldest.subList(0, Math.max(0, oldest.size() - 1))) {
            long freed = isPinned(file) ? 0 : file.remove(false);
            if (freed > 0) {
                metrics.add(Metric.CACHE_EVICTED_BYTES, (double) freed, "capacity");
                return freed;
            }
        }
        return 0;
    }

    private long punchOldest() {
        for (CacheFile file : oldestFirst()) {
            long freed = isPinned(file) ? 0 : file.punchNext();
            if (freed > 0) {
                metrics.add(Metric.CACHE_EVICTED_BYTES, (double) freed, "punched");
                return freed;
            }
        }
        return 0;
    }

    private boolean isPinned(CacheFile file) {
        return pinned.test(file.version().id());
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
        if (!space.isAbove(options.highWatermark())) {
            return;
        }
        while (!stopped && space.isAbove(options.lowWatermark())) {
            evicting.lock();
            try {
                if (evictOldest() == 0) {
                    return;
                }
            } finally {
                evicting.unlock();
            }
        }
    }

    private void payDebt() {
        long owed = owedBytes;
        owedBytes = 0;
        evicting.lock();
        try {
            while (!stopped && owed > 0) {
                long freed = evictOldest();
                if (freed == 0) {
                    freed = punchOldest();
                }
                if (freed == 0) {
                    return;
                }
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
