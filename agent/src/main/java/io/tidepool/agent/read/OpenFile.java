package io.tidepool.agent.read;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An open handle: every byte that it returns belongs to the one version that it was opened on.
 *
 * <p>Thread-safe; {@link #close} once nobody reads any more.
 */
public final class OpenFile implements AutoCloseable {
    private static final int WOULD_BLOCK = RangeReader.WOULD_BLOCK;
    /** A read that took longer waited for something. */
    private static final long WAIT_NANOS = 1_000_000;

    private static final long ASKED_AGAIN_NANOS = 500_000_000;

    private final CatalogEntry.File file;
    private final ObjectVersion version;
    private final FileActivity activity;
    private final Shared shared;
    private final int speculationBytes;
    private final String edge;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Failed lastFailed;
    private volatile Load load;

    /** A read that failed after it had waited for long. */
    private record Failed(long offset, long atNanos, ChunkException why) {}

    /** What all handles share. */
    record Shared(
            RangeReader ranges,
            ReadAhead readAhead,
            LoadReports loads,
            Catalog catalog,
            Duration deadline,
            Metrics metrics,
            OpenCounts openCounts) {}

    OpenFile(CatalogEntry.File file, Shared shared, int speculationBytes, String edge) {
        this.file = file;
        this.version = file.info().version();
        this.shared = shared;
        this.speculationBytes = speculationBytes;
        this.edge = edge;
        this.activity = shared.readAhead().opened(file);
        this.load = shared.loads().load(activity.group().path());
        load.include(version);
        shared.openCounts().opened(edge);
    }

    public ObjectInfo info() {
        return file.info();
    }

    public ObjectVersion version() {
        return version;
    }

    public String path() {
        return file.path();
    }

    /**
     * Reads into {@code into} from {@code offset} on, waiting for bytes that aren't here yet.
     *
     * @return the number of bytes; less than was asked for only at the end of the file, 0 behind it
     * @throws ChunkException also DEADLINE, when the bytes did not come in time
     */
    public int read(long offset, ByteBuffer into) throws ChunkException, InterruptedException {
        return read(offset, into, System.nanoTime());
    }

    /** As above, for a reader who has waited since {@code askedNanos} ({@link System#nanoTime}): its deadline runs already. */
    public int read(long offset, ByteBuffer into, long askedNanos) throws ChunkException, InterruptedException {
        checkOffset(offset);
        failAsAMomentAgo(offset, askedNanos);
        activity.onRead(offset, into.remaining(), speculationBytes);
        Deadline deadline = Deadline.since(askedNanos, shared.deadline());
        try {
            int count = shared.ranges().read(version, offset, into, Priority.DEMAND, deadline, this::found);
            ended(askedNanos, "ok");
            return count;
        } catch (ChunkException e) {
            failed(askedNanos, e);
            if (e.kind() == Kind.STALE) {
                shared.catalog().observeStale(version);
            }
            boolean mayPass = e.kind() == Kind.DEADLINE || e.kind().retryable();
            // Less, and it had joined a fill whose patience was about to end: asking again is worth its time.
            if (mayPass && deadline.remainingNanos() <= shared.deadline().toNanos() / 2) {
                lastFailed = new Failed(offset, System.nanoTime(), e);
            }
            throw e;
        } catch (InterruptedException e) {
            ended(askedNanos, "interrupted");
            throw e;
        }
    }

    /** As {@link #read}, or -1 (and then {@code into} holds anything) if the bytes can't be had without waiting. */
    public int readNow(long offset, ByteBuffer into) throws ChunkException {
        checkOffset(offset);
        int length = into.remaining();
        // Told apart by tier only when all of it was found: else it is asked for again, and would count twice.
        EnumMap<Tier, Integer> pieces = new EnumMap<>(Tier.class);
        int count = shared.ranges()
                .readNow(version, offset, into, (tier, bytes) -> pieces.merge(tier, bytes, Integer::sum));
        if (count != WOULD_BLOCK) {
            activity.onRead(offset, length, speculationBytes);
            pieces.forEach(this::found);
            currentLoad().read(System.nanoTime());
            shared.metrics().increment(Metric.READ_REQUESTS, edge, "ok");
        }
        return count;
    }

    /**
     * When the kernel's read-ahead of a page fails, it asks for the page once more before it tells the reader, who would
     * wait for two deadlines instead of one.
     */
    private void failAsAMomentAgo(long offset, long askedNanos) throws ChunkException {
        Failed last = lastFailed;
        if (last != null
                && last.offset / ChunkLayout.CHUNK_BYTES == offset / ChunkLayout.CHUNK_BYTES
                && System.nanoTime() - last.atNanos < ASKED_AGAIN_NANOS) {
            failed(askedNanos, last.why);
            throw last.why.copy();
        }
    }

    private static void checkOffset(long offset) throws ChunkException {
        if (offset < 0) {
            throw new ChunkException(Kind.INVALID, "negative offset " + offset);
        }
    }

    private void found(Tier tier, int bytes) {
        currentLoad().found(tier, bytes);
        shared.metrics().add(Metric.READ_BYTES, bytes, edge, tier.label());
    }

    private void failed(long startNanos, ChunkException why) {
        ended(startNanos, why.kind().name().toLowerCase(Locale.ROOT));
    }

    private void ended(long startNanos, String result) {
        long now = System.nanoTime();
        Load current = currentLoad();
        current.read(now);
        if (now - startNanos > WAIT_NANOS) {
            current.waited(now - startNanos);
        }
        shared.metrics().time(Metric.READ_WAIT_SECONDS, now - startNanos);
        shared.metrics().increment(Metric.READ_REQUESTS, edge, result);
    }

    /** A handle may outlive a load: after a pause, reads belong to a new one. */
    private Load currentLoad() {
        Load current = load;
        if (current.hasEnded()) {
            current = shared.loads().load(activity.group().path());
            load = current;
        }
        current.include(version);
        return current;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            shared.readAhead().closed(activity);
            shared.openCounts().closed(edge);
        }
    }
}
