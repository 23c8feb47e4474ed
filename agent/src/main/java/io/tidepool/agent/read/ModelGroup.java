package io.tidepool.agent.read;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The files of one model: how many handles are open on them, and the stream that brings them in. Thread-safe. */
final class ModelGroup {
    /** A loader that copies shard after shard has none open in between; a stream outlives that. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    private final String path;
    private final StreamOrder order;
    private final LongSupplier nanos;
    /** How long reads do without a stream after one failed, because the origin was away, say. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** How long a model isn't streamed after the disk refused some of it: tried sooner, it would be refused again. */
    private static final Duration REFUSED_FOR = Duration.ofMinutes(1);

    private int handles;
    private long quietSince;
    private boolean hasFailed;
    private boolean hasBeenRefused;
    private long refusedUntilNanos;
    private long retryAtNanos;
    private @Nullable StreamQueue queue;

    /** @param path the directory and what the names of the shards have in common */
    ModelGroup(String path, StreamOrder order, LongSupplier nanos) {
        this.path = path;
        this.order = order;
        this.nanos = nanos;
        this.quietSince = nanos.getAsLong();
    }

    String path() {
        return path;
    }

    synchronized void opened() {
        handles++;
    }

    synchronized void closed() {
        handles--;
        quietSince = nanos.getAsLong();
    }

    /** Whether somebody has a file of the model open, or had a moment ago. */
    synchronized boolean isWanted() {
        return handles > 0 || nanos.getAsLong() - quietSince < LINGER.toNanos();
    }

    synchronized boolean isIdle() {
        return queue == null && !isWanted();
    }

    /**
     * Puts a file that is being read at {@code chunkIndex} at the head of the stream.
     *
     * @return the queue of a new stream, which the caller must run; null if one is running
     */
    synchronized @Nullable StreamQueue stream(ObjectVersion version, int chunkIndex) {
        StreamQueue running = queue;
        StreamQueue target = running == null ? new StreamQueue(order) : running;
        target.addFirst(version, chunkIndex);
        queue = target;
        return running == null ? target : null;
    }

    /** The next chunk of {@code stream}; null ends it, and a later {@link #stream} begins a new one. */
    synchronized @Nullable ChunkId nextOrEnd(StreamQueue stream) {
        ChunkId next = stream.next();
        if (next == null) {
            endStream(stream, false);
        }
        return next;
    }

    /** Ends {@code stream} whatever is left of it; without effect on a newer one. */
    synchronized void endStream(StreamQueue stream, boolean failed) {
        if (queue == stream) {
            queue = null;
        }
        if (failed) {
            retryAtNanos = nanos.getAsLong() + RETRY_AFTER.toNanos();
            hasFailed = true;
        }
    }

    /** The disk did not keep a chunk that was streamed. */
    synchronized void refused() {
        hasBeenRefused = true;
        refusedUntilNanos = nanos.getAsLong() + REFUSED_FOR.toNanos();
    }

    /** Whether the disk refused some of the model lately, so that its readers have to do with a window. */
    synchronized boolean isRefused() {
        return hasBeenRefused && nanos.getAsLong() - refusedUntilNanos < 0;
    }

    /** True once, some seconds after a stream failed: it may be tried again. */
    synchronized boolean claimRetry() {
        if (!hasFailed || nanos.getAsLong() - retryAtNanos < 0) {
            return false;
        }
        hasFailed = false;
        return true;
    }
}
