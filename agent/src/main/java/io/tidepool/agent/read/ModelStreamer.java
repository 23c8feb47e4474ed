package io.tidepool.agent.read;

import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.Policy;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams whole models to disk, ahead of their loaders: a file from where it is read, then its sibling shards.
 *
 * <p>One virtual thread a stream; it asks the {@link Pump} for chunk after chunk, and stops when nobody has the model open
 * any more, when the origin fails, or when the version is gone. Demand goes first everywhere, so a loader that reads in
 * another order is served as it asks. Thread-safe.
 */
final class ModelStreamer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelStreamer.class);

    private final Siblings siblings;
    private final Integrity integrity;
    private final Pump pump;
    private final LoadReports loads;
    private final LongSupplier maxStreamBytes;
    private final Metrics metrics;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("stream-", 0).factory());

    ModelStreamer(
            Siblings siblings,
            Integrity integrity,
            Pump pump,
            LoadReports loads,
            LongSupplier maxStreamBytes,
            Metrics metrics) {
        this.siblings = siblings;
        this.integrity = integrity;
        this.pump = pump;
        this.loads = loads;
        this.maxStreamBytes = maxStreamBytes;
        this.metrics = metrics;
    }

    /**
     * Streams {@code file} from the chunk of {@code offset} on, and under {@link Policy#MODEL} its siblings after it.
     *
     * @return false if the file is larger than may be streamed, or the disk just refused some of this model
     */
    boolean stream(ModelGroup group, CatalogEntry.File file, long offset) {
        ObjectVersion version = file.info().version();
        if (group.isRefused()) {
            return false;
        }
        if (version.sizeBytes() > maxStreamBytes.getAsLong()) {
            metrics.increment(Metric.STREAMS, "too_big");
            return false;
        }
        StreamQueue queue = group.stream(version, ChunkLayout.chunkIndex(offset));
        if (queue != null) {
            try {
                threads.execute(() -> run(group, queue, file));
            } catch (RejectedExecutionException e) {
                group.endStream(queue, false); // The agent is closing.
            }
        }
        return true;
    }

    private void run(ModelGroup group, StreamQueue queue, CatalogEntry.File file) {
        Load load = loads.load(group.path());
        load.streamStarted();
        String result = "failed";
        try {
            result = bringAll(group, load, queue::next);
            if (result.equals("complete") && file.mounted().policy() == Policy.MODEL) {
                addSiblings(queue, file);
            }
            if (result.equals("complete")) {
                result = bringAll(group, load, () -> group.nextOrEnd(queue));
            }
        } catch (ChunkException e) {
            log.warn("stopped streaming {}: {}", group.path(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            group.endStream(queue, result.equals("failed"));
            load.streamEnded();
            metrics.increment(Metric.STREAMS, result);
        }
    }

    private interface Chunks {
        @Nullable
        ChunkId next();
    }

    private String bringAll(ModelGroup group, Load load, Chunks chunks) throws ChunkException, InterruptedException {
        AtomicReference<@Nullable ChunkException> failure = new AtomicReference<>();
        AtomicBoolean refused = new AtomicBoolean();
        ChunkId chunk;
        while ((chunk = chunks.next()) != null) {
            if (!group.isWanted()) {
                return "abandoned";
            }
            load.include(chunk.version());
            if (pump.bring(chunk, report -> note(report, failure, refused))) {
                metrics.increment(Metric.READ_AHEAD_CHUNKS, "stream");
            }
            ChunkException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            if (refused.get()) {
                // What the disk refuses would be gone before its reader comes, and be fetched twice.
                log.warn("stopped streaming {}: the cache disk takes nothing more", group.path());
                group.refused();
                return "refused";
            }
        }
        return "complete";
    }

    private static void note(
            FillReport report, AtomicReference<@Nullable ChunkException> failure, AtomicBoolean refused) {
        ChunkException why = report.failure();
        if (why == null && !report.kept()) {
            refused.set(true);
        } else if (why != null && why.kind() != Kind.INTERRUPTED) {
            failure.compareAndSet(null, why);
        }
    }

    private void addSiblings(StreamQueue queue, CatalogEntry.File file) throws ChunkException, InterruptedException {
        List<CatalogEntry.File> shards = siblings.of(file);
        long total = file.info().version().sizeBytes();
        for (CatalogEntry.File shard : shards) {
            total += shard.info().version().sizeBytes();
        }
        if (total > maxStreamBytes.getAsLong()) {
            metrics.increment(Metric.STREAMS, "too_big");
            return;
        }
        for (CatalogEntry.File shard : shards) {
            integrity.expect(shard.info());
            queue.addLast(shard.info().version());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
