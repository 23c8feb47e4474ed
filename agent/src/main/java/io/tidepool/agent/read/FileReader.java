package io.tidepool.agent.read;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metrics;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Opens files for reading, and warms them. What every edge that reads goes through. Thread-safe.
 *
 * <p>{@link #close} stops streams and warm-ups; open files go on as long as the cache does.
 */
public final class FileReader implements AutoCloseable {
    private final Catalog catalog;
    private final DiskTier disk;
    private final Integrity integrity;
    private final Pump pump;
    private final ModelStreamer streamer;
    private final StreamOrder order;
    private final OpenFile.Shared shared;
    private final ScheduledExecutorService sweeper;

    public FileReader(
            Catalog catalog,
            ChunkCache cache,
            Fills fills,
            Integrity integrity,
            DiskTier disk,
            LoadReports loads,
            ReadOptions options,
            LongSupplier nanos,
            Metrics metrics) {
        this.catalog = catalog;
        this.disk = disk;
        this.integrity = integrity;
        this.order = options.order();
        this.pump = new Pump(cache, options.readAheadChunks());
        RangeReader ranges = new RangeReader(cache);
        Siblings siblings = new Siblings(catalog, ranges, options.deadline());
        this.streamer = new ModelStreamer(siblings, integrity, pump, loads, disk::largestModelBytes, metrics);
        ReadAhead readAhead = new ReadAhead(ranges, pump, streamer, options, nanos, metrics);
        this.shared = new OpenFile.Shared(
                ranges, readAhead, loads, catalog, options.deadline(), metrics, new OpenCounts(metrics));
        fills.onEnd(loads::filled);
        this.sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("load-reports").factory());
        var _ = sweeper.scheduleWithFixedDelay(
                () -> {
                    loads.sweep();
                    readAhead.sweep();
                },
                1,
                1,
                TimeUnit.SECONDS);
    }

    /**
     * Opens {@code path} on the version that the origin has now; the caller closes it.
     *
     * @param speculationBytes how far past what was asked for the edge may read by itself (the kernel's read-ahead window);
     *     0 when every read is a demand
     * @param edge "fuse", "grpc": a label for metrics
     * @throws ChunkException NOT_FOUND, IS_DIRECTORY, ACCESS_DENIED, CORRUPT (quarantined), or UNAVAILABLE when the origin can't say and we don't
     *     know
     */
    public OpenFile open(String path, int speculationBytes, String edge) throws ChunkException, InterruptedException {
        CatalogEntry.File file = catalog.revalidate(path);
        integrity.expect(file.info());
        integrity.refuseQuarantined(file.info().version());
        disk.touch(file.info().version());
        return new OpenFile(file, shared, speculationBytes, edge);
    }

    /** See {@link DiskTier#mismatches}: an edge must forget the bytes that it has kept when this moves. */
    public long mismatches() {
        return disk.mismatches();
    }

    /** A job that brings files to disk; {@link WarmJob#run} does it. */
    public WarmJob warm(List<CatalogEntry.File> files) {
        files.forEach(file -> integrity.expect(file.info()));
        files.forEach(file -> disk.touch(file.info().version()));
        return new WarmJob(files, pump, order);
    }

    @Override
    public void close() {
        sweeper.shutdownNow();
        streamer.close();
    }
}
