package io.tidepool.agent.read;

import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.peer.tracker.FetchOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Brings files to disk before anybody reads them. One thread runs it, any thread may ask for its progress. */
public final class WarmJob {
    private final List<Item> items;
    private final Pump pump;
    private final StreamOrder order;
    private final AtomicLongArray bytesByTier = new AtomicLongArray(Tier.values().length);
    private volatile String currentPath = "";

    private static final class Item {
        private final CatalogEntry.File file;
        private final AtomicInteger chunksLeft;
        private final AtomicReference<@Nullable ChunkException> failure = new AtomicReference<>();

        private Item(CatalogEntry.File file) {
            this.file = file;
            this.chunksLeft = new AtomicInteger(file.info().version().chunkCount());
        }
    }

    /** One file that could not be brought to disk as a whole. */
    public record Failure(String path, ChunkException why) {}

    /**
     * How far a warm-up is.
     *
     * @param doneBytes by where they came from; DISK is what was cached before
     */
    public record Progress(
            String currentPath,
            long totalBytes,
            Map<Tier, Long> doneBytes,
            int totalFiles,
            int doneFiles,
            List<Failure> failures) {
        public long done() {
            return doneBytes.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    WarmJob(List<CatalogEntry.File> files, Pump pump, StreamOrder order) {
        this.items = files.stream().map(Item::new).toList();
        this.pump = pump;
        this.order = order;
    }

    /**
     * Returns when every chunk is on disk or its file has failed; a failed file doesn't stop the others. Interrupt the
     * thread to cancel: chunks on their way still land.
     */
    public void run() throws InterruptedException {
        Phaser pending = new Phaser(1);
        for (Item item : items) {
            currentPath = item.file.path();
            ObjectVersion version = item.file.info().version();
            Optional<FetchOrder> fetchOrder = order.of(version);
            for (int i = 0; i < version.chunkCount() && item.failure.get() == null; i++) {
                int position = i;
                bring(item, version.chunk(fetchOrder.map(o -> o.chunk(position)).orElse(i)), pending);
            }
        }
        pending.awaitAdvanceInterruptibly(pending.arrive());
    }

    private void bring(Item item, ChunkId chunk, Phaser pending) throws InterruptedException {
        pending.register();
        boolean coming = false;
        try {
            coming = pump.bring(chunk, report -> landed(item, report, pending));
            if (!coming) {
                done(item, Tier.DISK, chunk.length());
            }
        } catch (ChunkException e) {
            item.failure.compareAndSet(null, e);
        } finally {
            if (!coming) {
                pending.arriveAndDeregister();
            }
        }
    }

    private void landed(Item item, FillReport report, Phaser pending) {
        ChunkException why = report.failure();
        if (why == null && report.kept()) {
            done(item, report.source(), report.landedBytes());
        } else {
            item.failure.compareAndSet(
                    null, why == null ? new ChunkException(Kind.INTERNAL, "the cache disk would not keep it") : why);
        }
        pending.arriveAndDeregister();
    }

    @SuppressWarnings("EnumOrdinal") // an index into an array of this process, never stored
    private void done(Item item, Tier tier, long bytes) {
        bytesByTier.addAndGet(tier.ordinal(), bytes);
        item.chunksLeft.decrementAndGet();
    }

    public Progress progress() {
        Map<Tier, Long> done = new EnumMap<>(Tier.class);
        int index = 0;
        for (Tier tier : Tier.values()) {
            done.put(tier, bytesByTier.get(index++));
        }
        return new Progress(
                currentPath,
                items.stream()
                        .mapToLong(item -> item.file.info().version().sizeBytes())
                        .sum(),
                done,
                items.size(),
                (int) items.stream().filter(item -> item.chunksLeft.get() == 0).count(),
                items.stream()
                        .filter(item -> item.failure.get() != null)
                        .map(item -> new Failure(item.file.path(), Objects.requireNonNull(item.failure.get())))
                        .toList());
    }
}
