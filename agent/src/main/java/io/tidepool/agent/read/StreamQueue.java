package io.tidepool.agent.read;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.tracker.FetchOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a model in the order in which they are streamed: each file in its {@link StreamOrder}, file after
 * file. What a reader is about to wait for goes before that. Thread-safe.
 */
final class StreamQueue {
    /** With the kernel's read-ahead enough that a reader in order rarely waits for a chunk that nobody asked for yet. */
    private static final int WINDOW_CHUNKS = 2;

    private final StreamOrder order;
    private final Deque<Cursor> cursors = new ArrayDeque<>();
    private final Set<ObjectVersion> known = new HashSet<>();

    StreamQueue(StreamOrder order) {
        this.order = order;
    }

    /** Some chunks of a version, each once: from one of them on and round, or in a given order. */
    private static final class Cursor {
        private final ObjectVersion version;
        private final @Nullable FetchOrder order;
        private final int first;
        private final int count;
        private int given;

        private Cursor(ObjectVersion version, @Nullable FetchOrder order, int first, int count) {
            this.version = version;
            this.order = order;
            this.first = first;
            this.count = count;
        }

        private ChunkId next() {
            int position = given++;
            return version.chunk(order == null ? (first + position) % version.chunkCount() : order.chunk(position));
        }

        private boolean isDone() {
            return given == count;
        }
    }

    /** Adds a file that is being read at {@code chunkIndex}, before all others; without effect if it was added before. */
    synchronized void addFirst(ObjectVersion version, int chunkIndex) {
        if (version.chunkCount() > 0 && known.add(version)) {
            Cursor all = all(version, chunkIndex);
            cursors.addFirst(all);
            if (all.order != null) {
                cursors.addFirst(new Cursor(version, null, chunkIndex, Math.min(WINDOW_CHUNKS, version.chunkCount())));
            }
        }
    }

    /** Adds a file that nobody reads yet, behind all others; without effect if it was added before. */
    synchronized void addLast(ObjectVersion version) {
        if (version.chunkCount() > 0 && known.add(version)) {
            cursors.addLast(all(version, 0));
        }
    }

    private Cursor all(ObjectVersion version, int chunkIndex) {
        return new Cursor(version, order.of(version).orElse(null), chunkIndex, version.chunkCount());
    }

    /** The next chunk, some of them twice; null when all have been given. */
    synchronized @Nullable ChunkId next() {
        Cursor cursor = cursors.peekFirst();
        if (cursor == null) {
            return null;
        }
        ChunkId chunk = cursor.next();
        if (cursor.isDone()) {
            cursors.removeFirst();
        }
        return chunk;
    }
}
