package io.tidepool.agent.read;

import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows what is being read, over all handles, and sets off what to bring ahead. Thread-safe. */
final class ReadAhead {
    private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);

    private final RangeReader ranges;
    private final Pump pump;
    private final ModelStreamer streamer;
    private final ReadOptions options;
    private final LongSupplier nanos;
    private final Metrics metrics;

    private record Key(String path, ObjectVersion version) {
        static Key of(CatalogEntry.File file) {
            return new Key(file.path(), file.info().version());
        }
    }

    private final ConcurrentHashMap<Key, FileActivity> activities = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, ModelGroup> groups = new ConcurrentHashMap<>();

    ReadAhead(
            RangeReader ranges,
            Pump pump,
            ModelStreamer streamer,
            ReadOptions options,
            LongSupplier nanos,
            Metrics metrics) {
        this.ranges = ranges;
        this.pump = pump;
        this.streamer = streamer;
        this.options = options;
        this.nanos = nanos;
        this.metrics = metrics;
    }

    /** The activity on a file that is being opened; {@link #closed} ends it. */
    FileActivity opened(CatalogEntry.File file) {
        String groupPath = groupPath(file.path());
        ModelGroup group = groups.compute(groupPath, (path, known) -> {
            ModelGroup g = known == null ? new ModelGroup(path, options.order(), nanos) : known;
            g.opened();
            return g;
        });
        return activities.compute(Key.of(file), (key, known) -> {
            FileActivity activity = known == null ? new FileActivity(file, group, this) : known;
            activity.opened();
            return activity;
        });
    }

    void closed(FileActivity activity) {
        activities.computeIfPresent(Key.of(activity.file()), (key, known) -> known.closed() ? null : known);
        activity.group().closed();
    }

    /** Forgets the groups that nobody reads; called every second or so. */
    void sweep() {
        groups.keySet().forEach(path -> groups.computeIfPresent(path, (p, group) -> group.isIdle() ? null : group));
    }

    static String groupPath(String path) {
        int slash = path.lastIndexOf('/');
        return path.substring(0, slash + 1) + Shards.groupOf(path.substring(slash + 1));
    }

    boolean stream(ModelGroup group, CatalogEntry.File file, long offset) {
        return streamer.stream(group, file, offset);
    }

    /** Brings one chunk of a window, unless too much is on its way already. */
    void bring(ChunkId chunk) throws ChunkException {
        if (pump.tryBring(chunk, report -> {})) {
            metrics.increment(Metric.READ_AHEAD_CHUNKS, "window");
        }
    }

    /** Looks for the end of the file's header, and tells the activity. */
    void findHeaderEnd(FileActivity activity) {
        Thread.ofVirtual().name("header").start(() -> {
            try {
                activity.headerEndsAt(headerEnd(activity.file()));
            } catch (ChunkException e) {
                log.debug("header of {}: {}", activity.file().path(), e.getMessage());
                activity.headerIsUnknown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private long headerEnd(CatalogEntry.File file) throws ChunkException, InterruptedException {
        ObjectVersion version = file.info().version();
        ModelHeader.Bytes bytes = (offset, into) -> ranges.read(
                version, offset, into, Priority.READ_AHEAD, Deadline.after(options.deadline()), (tier, count) -> {});
        return ModelFormat.of(file.path()) == ModelFormat.GGUF
                ? ModelHeader.ggufDataOffset(bytes)
                : ModelHeader.safetensorsDataOffset(bytes);
    }
}
