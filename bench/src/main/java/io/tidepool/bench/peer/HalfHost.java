package io.tidepool.bench.peer;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metrics;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** What an agent has between its sources and its disk, without mount and API: a cache that one source fills. */
final class HalfHost implements AutoCloseable {
    private static final int LANDING_BUFFERS = 16;
    private static final int FILLS_AT_A_TIME = 8;

    final Metrics metrics = new Metrics();
    final ChunkCache cache;
    private final DiskTier disk;
    private final Fills fills;

    HalfHost(Path directory, long size, ChunkSource source) throws CacheDirectoryException {
        disk = DiskTier.open(DiskOptions.of(directory, size + (1L << 30)).keepingFree(0), metrics);
        LandingPool pool = new LandingPool((long) LANDING_BUFFERS * ChunkLayout.CHUNK_BYTES, metrics);
        fills = new Fills(pool, disk, List.of(disk, source), new Integrity(disk, metrics), metrics);
        cache = new ChunkCache(disk, fills);
    }

    /** The object that is transferred; its bytes are those of the emulator's synthetic objects. */
    static ObjectVersion object(long size) {
        return new ObjectVersion("bench", "model.safetensors", "1", size);
    }

    /** Brings all chunks into the cache file, and waits until they are there. */
    void bringAll(ObjectVersion object) throws ChunkException, InterruptedException {
        Semaphore places = new Semaphore(FILLS_AT_A_TIME);
        for (int index = 0; index < object.chunkCount(); index++) {
            places.acquire();
            CompletableFuture<FillReport> ended = cache.prefetch(object.chunk(index));
            if (ended == null) {
                places.release();
            } else {
                var _ = ended.whenComplete((report, never) -> places.release());
            }
        }
        places.acquire(FILLS_AT_A_TIME);
        if (!disk.isComplete(object)) {
            throw new CommandFailure("only " + disk.cachedBytes(object) + " of " + object.sizeBytes() + " bytes came");
        }
    }

    Path file(ObjectVersion object) {
        return disk.path(object);
    }

    void forget(ObjectVersion object) {
        disk.dropAll(object);
    }

    @Override
    public void close() {
        fills.close();
        disk.close();
    }
}
