package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything that goes wrong with the disk is counted and told: each time in a metric, in the log at most once a
 * minute for each reason. No read fails because of it. Thread-safe.
 */
final class DiskTrouble {
    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);
    private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final CacheDirectory directory;
    private final Metrics metrics;
    private final DiskHealth health;
    private final ConcurrentHashMap<String, Long> loggedAtNanos = new ConcurrentHashMap<>();

    DiskTrouble(CacheDirectory directory, Metrics metrics) {
        this.directory = directory;
        this.metrics = metrics;
        this.health = new DiskHealth(metrics, System::nanoTime, this::retrySuspect);
    }

    DiskHealth health() {
        return health;
    }

    /** A chunk was not kept. */
    void notStored(String reason, ChunkId id, String detail) {
        metrics.increment(Metric.CACHE_STORE_FAILURES, reason);
        log("store " + reason, "not cached: {} ({}: {})", id, reason, detail);
    }

    /** The disk would not take a chunk. */
    void notStored(ChunkId id, IOException e) {
        notStored(reason(e), id, String.valueOf(e.getMessage()));
        if (!isMissing(e)) {
            health.notStored(String.valueOf(e.getMessage()));
        }
    }

    /** Nothing is stored at the moment; said once, when that began. */
    void notTried() {
        metrics.increment(Metric.CACHE_STORE_FAILURES, "bypassed");
    }

    /** Whether a file is gone: then someone deleted it, and the disk is not to blame. */
    static boolean isMissing(IOException e) {
        return e instanceof ErrnoException errno && errno.errno() == ErrnoException.ENOENT;
    }

    /** Whether it is neither a file nor a directory that failed. */
    static boolean isOfIndex(IOException e) {
        return reason(e).equals("index");
    }

    private static String reason(IOException e) {
        if (e instanceof ErrnoException errno) {
            return errno.isNoSpace() ? "no_space" : "io_error";
        }
        if (e instanceof FileSystemException directory) {
            return "No space left on device".equals(directory.getReason()) ? "no_space" : "io_error";
        }
        return "index";
    }

    /** A chunk's bytes are not there any more. */
    void notReadable(ChunkId id, String reason, String detail) {
        metrics.increment(Metric.CACHE_READ_FAILURES, reason);
        log("read " + reason, "cached chunk lost: {} ({}: {})", id, reason, detail);
    }

    /** The disk would not give a chunk's bytes. */
    void notReadable(ChunkId id, IOException e) {
        notReadable(id, "io_error", String.valueOf(e.getMessage()));
        health.notReadable(String.valueOf(e.getMessage()));
    }

    /** A chunk's bytes are not those that were stored, so the chunk is dropped. */
    void corrupt(ChunkId id, int block) {
        metrics.increment(Metric.CHUNKS_CORRUPT, Tier.DISK.label());
        log("corrupt", "cached chunk dropped: {} has a wrong checksum in block {}", id, block);
    }

    /** The index may still name a chunk whose bytes are not there, so after a restart none may be believed. */
    void notForgotten(Object what, IOException e) {
        try {
            directory.markSuspect();
        } catch (IOException second) {
            e.addSuppressed(second);
        }
        other("forget", "can't take " + what + " off the index; all chunks will be checked after a restart", e);
    }

    /** What a read-only disk did not let us write down. */
    void retrySuspect() {
        try {
            directory.retrySuspect();
        } catch (IOException e) {
            other("suspect", "can't note that all chunks are to be checked after a restart", e);
        }
    }

    /** Something that costs space or time, but no chunk. */
    void other(String reason, String message, IOException e) {
        log(reason, "{}: {}", message, String.valueOf(e.getMessage()));
    }

    private void log(String reason, String format, Object... arguments) {
        long now = System.nanoTime();
        boolean[] due = new boolean[1];
        loggedAtNanos.compute(reason, (r, last) -> {
            due[0] = last == null || now - last >= LOG_EVERY_NANOS;
            return due[0] ? now : last;
        });
        if (due[0]) {
            LOG.warn(format + "; further ones are only counted for a minute", arguments);
        }
    }
}
