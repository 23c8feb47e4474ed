package io.tidepool.agent.read;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Brings chunks to disk ahead of their readers, a bounded number at a time over all streams and warm-ups.
 *
 * <p>The bound leaves landing memory for demand. Thread-safe.
 */
final class Pump {
    private final ChunkCache cache;
    private final Semaphore outstanding;

    Pump(ChunkCache cache, int outstandingChunks) {
        this.cache = cache;
        this.outstanding = new Semaphore(outstandingChunks, true);
    }

    /**
     * Starts to bring a chunk, waiting for its turn.
     *
     * @param done hears of the fill's end, on its thread; not called if the chunk is there already
     * @return false if the chunk is there already
     */
    boolean bring(ChunkId id, Consumer<FillReport> done) throws ChunkException, InterruptedException {
        outstanding.acquire();
        return start(id, done);
    }

    /** As {@link #bring}, but gives up when it would have to wait. */
    boolean tryBring(ChunkId id, Consumer<FillReport> done) throws ChunkException {
        return outstanding.tryAcquire() && start(id, done);
    }

    private boolean start(ChunkId id, Consumer<FillReport> done) throws ChunkException {
        CompletableFuture<FillReport> fill = null;
        try {
            fill = cache.prefetch(id);
        } finally {
            if (fill == null) {
                outstanding.release();
            }
        }
        if (fill == null) {
            return false;
        }
        var _ = fill.whenComplete((report, impossible) -> {
            outstanding.release();
            done.accept(report);
        });
        return true;
    }
}
