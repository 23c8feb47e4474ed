package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A chunk in a cache file, held in place until {@link #close}: it is neither punched nor evicted meanwhile.
 *
 * <p>Reads are safe from any thread, by any number; interrupting one harms nobody. Close it once all of them are done:
 * after that, reading is an {@link IllegalStateException}.
 */
public final class CachedRegion implements AutoCloseable {
    private final CacheFile owner;
    private final ChunkId id;
    private final PosixFile file;
    private volatile boolean open = true;

    CachedRegion(CacheFile owner, ChunkId id, PosixFile file) {
        this.owner = owner;
        this.id = id;
        this.file = file;
    }

    /**
     * Copies bytes of the chunk from {@code offsetInChunk} into {@code dst} (direct or heap): as many as {@code dst} has
     * room for, fewer only at the chunk's end.
     *
     * @return bytes copied, and {@code dst}'s position moved by them
     * @throws IOException if the disk can't give them any more; the chunk has been dropped, or the disk is not read for a
     *     while, so asking again finds a miss
     */
    public int read(int offsetInChunk, ByteBuffer dst) throws IOException {
        int count = Math.min(dst.remaining(), length() - offsetInChunk);
        if (offsetInChunk < 0 || count < 0) {
            throw new IndexOutOfBoundsException(offsetInChunk + " in a chunk of " + length());
        }
        if (!open) {
            throw new IllegalStateException("read of a closed region of " + id);
        }
        int limit = dst.limit();
        int start = dst.position();
        dst.limit(start + count);
        try {
            int got = file.read(dst, position() + offsetInChunk);
            if (got < count) {
                throw owner.lost(id, "short_read", "the file ends within the chunk");
            }
            owner.readWell();
            return count;
        } catch (ErrnoException e) {
            throw owner.unreadable(id, e);
        } finally {
            dst.limit(limit);
        }
    }

    /** The descriptor to send from, at {@link #position()}; valid until {@link #close}. */
    public int fd() {
        return file.fd();
    }

    /** The cache file. Another process should be given a {@link LentFile} instead. */
    public Path path() {
        return owner.path();
    }

    /** Where the chunk starts in the file. */
    public long position() {
        return id.offset();
    }

    /** Length of the chunk in bytes. */
    public int length() {
        return id.length();
    }

    @Override
    public void close() {
        synchronized (owner) {
            if (open) {
                open = false;
                owner.unpin(id.index());
            }
        }
    }
}
