package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import java.io.IOException;

/**
 * Stores chunks: room first, then the bytes into the file, then one atomic index write. Nothing that goes wrong with the
 * disk is thrown: the chunk is not kept, and that is counted. Thread-safe.
 */
final class ChunkWriter {
    private final CacheFiles files;
    private final Evictor evictor;

    ChunkWriter(CacheFiles files, Evictor evictor) {
        this.files = files;
        this.evictor = evictor;
    }

    /** Returns whether the chunk is in the cache now. */
    boolean store(ChunkId id, LandingBuffer full) {
        if (!full.isFull() || full.length() != id.length()) {
            throw new IllegalArgumentException(full.watermark() + " bytes landed of " + id.length() + " of " + id);
        }
        while (true) {
            CacheFile file;
            try {
                file = files.getOrCreate(id.version());
            } catch (IOException e) {
                files.trouble().notStored(id, e);
                return false;
            }
            switch (file.claim(id.index())) {
                case GRANTED -> {
                    return storeClaimed(id, full, file);
                }
                case PRESENT -> {
                    return true;
                }
                case SHUT -> {
                    return false;
                }
                case GONE -> file.awaitRemoved();
            }
        }
    }

    private boolean storeClaimed(ChunkId id, LandingBuffer full, CacheFile file) {
        long bytes = Space.occupiedBy(id.length());
        long unwritten = 0;
        try {
            file.removeIfCut();
            if (!file.isAllocated(id.index())) {
                if (!evictor.reserve(bytes)) {
                    files.trouble().notStored("no_room", id, files.space().whyFull());
                    return false;
                }
                unwritten = bytes;
            }
            PosixFile open = file.allocate(id.index());
            if (open != null) {
                open.write(full.landed(), id.offset());
                if (file.commit(id.index(), ChunkRecord.of(full, files.index().generation()))) {
                    files.health().stored();
                    return true;
                }
            }
            files.trouble().notStored("removed", id, "its file was dropped meanwhile");
            return false;
        } catch (IOException e) {
            failed(id, file, e);
            return false;
        } finally {
            files.space().written(unwritten);
            file.release(id.index());
            files.limitOpen();
        }
    }

    private void failed(ChunkId id, CacheFile file, IOException e) {
        files.trouble().notStored(id, e);
        if (e instanceof ErrnoException errno) {
            if (errno.isNoSpace()) {
                evictor.owe(Space.occupiedBy(id.length()));
            } else if (DiskTrouble.isMissing(e)) {
                file.remove(true);
            }
        } else if (DiskTrouble.isOfIndex(e)) {
            // It may have the record all the same, and the range is about to be given back.
            files.trouble().notForgotten(id, e);
        }
    }
}
