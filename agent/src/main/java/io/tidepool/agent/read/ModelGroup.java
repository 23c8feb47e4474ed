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
    private final LongSupplier nanos;
    private int handles;
    private long quietSince;
    private @Nullable StreamQueue queue;

    /** @param path the directory and what the names of the shards have in common */
    ModelGroup(String path, LongSupplier nanos) {
        this.path = path;
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
        StreamQueue target = running == null ? new StreamQueue() : running;
        target.addFirst(version, chunkIndex);
        queue = target;
        return running == null ? target : null;
    }

    /** The stream's next chunk; null when there is none now. */
    synchronized @Nullable ChunkId next() {
        return queue == null ? null : queue.next();
    }

    /** The stream's next chunk; null ends the stream, and a later {@link #stream} begins a new one. */
    synchronized @Nullable ChunkId nextOrEnd() {
        ChunkId next = next();
        if (next == null) {
            queue = null;
        }
        return next;
    }

    /** Ends the stream whatever is left of it. */
    synchronized void endStream() {
        queue = null;
    }
}
