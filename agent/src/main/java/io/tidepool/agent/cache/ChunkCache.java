package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.disk.CachedRegion;
import io.tidepool.agent.disk.DiskTier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The one place that everything that reads asks for a chunk.
 *
 * <p>The idea: a chunk is in one of three states, and a reader gets a lease on it in each.
 *
 * <ul>
 *   <li><b>On disk</b>: the index names it. The lease is a pinned region of the cache file.
 *   <li><b>In flight</b>: exactly one fill is bringing it, whoever asked first (single-flight across FUSE, gRPC and
 *       read-ahead). The lease is its landing memory; a read is answered as soon as its own bytes have landed.
 *   <li><b>Absent</b>: the first asker starts the fill.
 * </ul>
 *
 * <p>Invariants: a fill is in the map from before its first byte until its chunk is on disk (or is given up), so between
 * the two look-ups a chunk is never in neither place while it exists; the absent → in-flight step looks at the disk again
 * under the map's lock of that chunk, so a chunk that landed a moment ago is not fetched twice. A fill that could not be
 * kept on disk stays readable in memory for a while ({@link Fills}).
 *
 * <p>Thread-safe. Nothing here waits: waiting is the lease's.
 */
public final class ChunkCache {
    private final DiskTier disk;
    private final Fills fills;
    private final ConcurrentHashMap<ChunkId, InFlight> inFlight;

    public ChunkCache(DiskTier disk, Fills fills) {
        this.disk = disk;
        this.fills = fills;
        this.inFlight = fills.inFlight();
    }

    /**
     * Leases a chunk; the caller closes the lease.
     *
     * @param reach how far a miss may travel
     * @param priority DEMAND if somebody waits
     * @return null if the chunk isn't within {@code reach}; never null for {@link Reach#ORIGIN}
     * @throws ChunkException if the version is quarantined
     */
    public @Nullable ChunkLease acquire(ChunkId id, Reach reach, Priority priority) throws ChunkException {
        while (true) {
            CachedRegion region = reach.covers(Tier.DISK) ? disk.region(id) : null;
            if (region != null) {
                return new ChunkLease.OnDisk(region);
            }
            InFlight fill = inFlight.get(id);
            boolean joined = fill != null;
            if (fill == null) {
                if (!reach.covers(Tier.ORIGIN)) {
                    return null;
                }
                fill = startUnlessLanded(id, priority);
            }
            if (fill != null && fill.retain(priority)) {
                return new ChunkLease.InMemory(fill, joined);
            }
        }
    }

    /**
     * Starts to bring a chunk to disk that nobody waits for yet.
     *
     * @return completes (never exceptionally) when the fill has ended; null if the chunk is on disk already
     */
    public @Nullable CompletableFuture<FillReport> prefetch(ChunkId id) throws ChunkException {
        InFlight fill = inFlight.get(id);
        if (fill == null) {
            fill = startUnlessLanded(id, Priority.READ_AHEAD);
        }
        return fill == null ? null : fill.ended();
    }

    /** The version that has this id, if any of its chunks is here or on its way; else null. */
    public @Nullable ObjectVersion version(VersionId id) {
        ObjectVersion onDisk = disk.version(id);
        if (onDisk != null) {
            return onDisk;
        }
        // Only while the first chunk of a version is on its way, so that the few fills can be looked through.
        for (ChunkId filling : inFlight.keySet()) {
            if (filling.version().id().equals(id)) {
                return filling.version();
            }
        }
        return disk.version(id); // it may have landed meanwhile
    }

    private @Nullable InFlight startUnlessLanded(ChunkId id, Priority priority) throws ChunkException {
        if (disk.isQuarantined(id.version())) {
            throw Integrity.quarantined(id.version());
        }
        InFlight fill =
                inFlight.computeIfAbsent(id, absent -> isLanded(absent) ? null : fills.create(absent, priority));
        if (fill != null) {
            fills.startOnce(fill);
        }
        return fill;
    }

    private boolean isLanded(ChunkId id) {
        try (CachedRegion region = disk.region(id)) {
            return region != null;
        }
    }
}
