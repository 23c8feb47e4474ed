package io.tidepool.agent.read;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a model in the order in which they are streamed: each file from where its reader is to its end, then from
 * its beginning; file after file. Thread-safe.
 */
final class StreamQueue {
    private final Deque<Cursor> cursors = new ArrayDeque<>();
    private final Set<ObjectVersion> known = new HashSet<>();

    private static final class Cursor {
        private final ObjectVersion version;
        private final int first;
        private int given;

        private Cursor(ObjectVersion version, int first) {
            this.version = version;
            this.first = first;
        }

        private ChunkId next() {
            return version.chunk((first + given++) % version.chunkCount());
        }

        private boolean isDone() {
            return given == version.chunkCount();
        }
    }

    /** Adds a file that is being read at {@code chunkIndex}, before all others; without effect if it was added before. */
    synchronized void addFirst(ObjectVersion version, int chunkIndex) {
        if (version.chunkCount() > 0 && known.add(version)) {
            cursors.addFirst(new Cursor(version, chunkIndex));
        }
    }

    /** Adds a file that nobody reads yet, behind all others; without effect if it was added before. */
    synchronized void addLast(ObjectVersion version) {
        if (version.chunkCount() > 0 && known.add(version)) {
            cursors.addLast(new Cursor(version, 0));
        }
    }

    /** The next chunk; null when all have been given. */
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
