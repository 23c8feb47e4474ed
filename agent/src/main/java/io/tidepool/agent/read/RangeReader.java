package io.tidepool.agent.read;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.ChunkLease;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.chunk.Tier;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a range of an object version, chunk by chunk, out of the cache. Thread-safe. */
final class RangeReader {
    private static final Logger log = LoggerFactory.getLogger(RangeReader.class);
    /** A chunk whose cache file fails is fetched again; twice in one read means that the disk is to blame. */
    private static final int TRIES_PER_CHUNK = 3;

    static final int WOULD_BLOCK = -1;

    private final ChunkCache cache;

    RangeReader(ChunkCache cache) {
        this.cache = cache;
    }

    /** Hears where each piece of a read was found. */
    interface PieceListener {
        void found(Tier tier, int bytes);
    }

    /**
     * Fills {@code into}, up to the end of the object, waiting for what has not landed.
     *
     * @return the bytes read; less than asked only at the end of the object
     */
    int read(
            ObjectVersion version,
            long offset,
            ByteBuffer into,
            Priority priority,
            Deadline deadline,
            PieceListener found)
            throws ChunkException, InterruptedException {
        int wanted = bytesWanted(version, offset, into);
        int limit = into.limit();
        for (int done = 0; done < wanted; ) {
            ChunkId id = version.chunk(ChunkLayout.chunkIndex(offset + done));
            int inChunk = ChunkLayout.offsetInChunk(offset + done);
            int count = Math.min(wanted - done, id.length() - inChunk);
            into.limit(into.position() + count);
            found.found(readChunk(id, inChunk, into, priority, deadline), count);
            into.limit(limit);
            done += count;
        }
        return wanted;
    }

    /** As {@link #read}, or {@link #WOULD_BLOCK} (and then {@code into} holds anything) if it had to wait. */
    int readNow(ObjectVersion version, long offset, ByteBuffer into, PieceListener found) throws ChunkException {
        int wanted = bytesWanted(version, offset, into);
        int limit = into.limit();
        for (int done = 0; done < wanted; ) {
            ChunkId id = version.chunk(ChunkLayout.chunkIndex(offset + done));
            int inChunk = ChunkLayout.offsetInChunk(offset + done);
            int count = Math.min(wanted - done, id.length() - inChunk);
            into.limit(into.position() + count);
            Tier tier = readChunkNow(id, inChunk, count, into);
            into.limit(limit);
            if (tier == null) {
                return WOULD_BLOCK;
            }
            found.found(tier, count);
            done += count;
        }
        return wanted;
    }

    private static int bytesWanted(ObjectVersion version, long offset, ByteBuffer into) {
        return (int) Math.max(0, Math.min(into.remaining(), version.sizeBytes() - offset));
    }

    private Tier readChunk(ChunkId id, int offset, ByteBuffer into, Priority priority, Deadline deadline)
            throws ChunkException, InterruptedException {
        int start = into.position();
        for (int tries = 1; ; tries++) {
            try (ChunkLease lease = cache.acquire(id, Reach.ORIGIN, priority)) {
                if (lease == null) {
                    throw new ChunkException(Kind.INTERNAL, "no lease on " + id);
                }
                try {
                    return lease.read(offset, into, deadline);
                } catch (ChunkException e) {
                    // What failed is forgotten already, in the disk tier or among the fills: the next lease is on a new
                    // fill.
                    if (lease.isOnDisk() && tries < TRIES_PER_CHUNK) {
                        log.warn("{}: {}; fetching it again", id, e.getMessage());
                    } else if (tries == 1 && outlives(lease, e, deadline)) {
                        log.debug("{}: {}; this read has time for another fetch", id, e.getMessage());
                    } else {
                        throw e;
                    }
                    into.position(start);
                }
            }
        }
    }

    /** Whether the fill failed that somebody else began, while this read has time and another fill may succeed. */
    private static boolean outlives(ChunkLease lease, ChunkException failure, Deadline deadline) {
        return lease.isJoined() && failure.kind().retryable() && deadline.remainingNanos() > 0;
    }

    private @Nullable Tier readChunkNow(ChunkId id, int offset, int count, ByteBuffer into) throws ChunkException {
        try (ChunkLease lease = cache.acquire(id, Reach.DISK, Priority.DEMAND)) {
            if (lease == null || !lease.isReady(offset, count)) {
                return null;
            }
            return lease.readReady(offset, into);
        } catch (ChunkException e) {
            if (e.kind() == Kind.CORRUPT) {
                // The waiting read tells what to do about it.
                return null;
            }
            throw e;
        }
    }
}
