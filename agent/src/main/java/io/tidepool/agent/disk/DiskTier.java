package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks on the local disk. A chunk that was stored is there until it is evicted or dropped, also after the process
 * was killed; its bytes are right or it is a miss.
 *
 * <p>No method fails because of the disk: what can't be stored isn't kept, what can't be read back is a miss, and both
 * are counted. Thread-safe. After {@link #close} everything is a miss; open regions stay readable.
 */
public final class DiskTier implements ChunkSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);

    private final DiskOptions options;
    private final CacheDirectory directory;
    private final DiskTrouble trouble;
    private final ChunkIndex index;
    private final CacheFiles files;
    private final Marks marks;
    private final Evictor evictor;
    private final ChunkWriter writer;
    private final ChunkVerifier verifier;
    private final LastKnown lastKnown;
    private final InstantSource clock;
    private final AtomicLong mismatches = new AtomicLong();
    private final List<Consumer<ObjectVersion>> forgetting = new CopyOnWriteArrayList<>();
    private boolean closed;

    DiskTier(DiskOptions options, Metrics metrics, OpenedCache opened, InstantSource clock) throws IOException {
        this.options = options;
        this.directory = opened.directory();
        this.trouble = opened.trouble();
        this.index = opened.index();
        this.files = opened.files();
        this.clock = clock;
        this.marks = new Marks(index);
        this.evictor = new Evictor(files, files.space(), marks::isPinned, options, metrics);
        this.writer = new ChunkWriter(files, evictor);
        this.verifier = new ChunkVerifier(files);
        this.lastKnown = new LastKnown(index.db(), trouble);
        metrics.gauge(Metric.CACHE_BYTES, files.space()::usedBytes);
        metrics.gauge(Metric.CACHE_LIMIT_BYTES, options::capacityBytes);
        metrics.gauge(Metric.CACHE_ROOM_BYTES, files.space()::limitBytes);
        metrics.gauge(Metric.CACHE_CHUNKS, files::chunks);
        metrics.gauge(Metric.CACHE_INDEX_MEMORY_BYTES, index.db()::memoryBytes);
        evictor.start();
    }

    /**
     * Takes the directory, and what is left in it.
     *
     * @throws CacheDirectoryException if it can't be used; the message is one line for the operator
     */
    public static DiskTier open(DiskOptions options, Metrics metrics) throws CacheDirectoryException {
        return open(options, metrics, InstantSource.system(), CacheDirectory.currentBootId());
    }

    /** For tests: with a clock, and as if the running kernel had this boot id. */
    static DiskTier open(DiskOptions options, Metrics metrics, InstantSource clock, String bootId)
            throws CacheDirectoryException {
        OpenedCache opened = OpenedCache.open(options, metrics, clock, bootId);
        try {
            return new DiskTier(options, metrics, opened, clock);
        } catch (IOException e) {
            throw opened.abandon(e);
        }
    }

    @Override
    public Tier tier() {
        return Tier.DISK;
    }

    // ---- reading

    /**
     * The chunk's place in its cache file, held there until the region is closed; null on a miss, and while the chunk has
     * not been verified since an unclean boot: {@link #fill} does that. Costs no index access, and no system call unless
     * the file has to be opened.
     */
    public @Nullable CachedRegion region(ChunkId id) {
        CacheFile file = files.get(id.version());
        if (file == null || !mayRead(file, id)) {
            return null;
        }
        PosixFile open;
        try {
            open = file.pin(id.index(), false);
        } catch (IOException e) {
            file.notOpened(id.index(), e);
            return null;
        }
        if (open == null) {
            return null;
        }
        files.limitOpen();
        return new CachedRegion(file, id, open);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Every block is checked against its CRC32C before the buffer advances over it. Afterwards {@link #region} has the
     * chunk. A chunk that is wrong is dropped and counted: a miss.
     */
    @Override
    public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws InterruptedException {
        CacheFile file = files.get(id.version());
        if (file == null || mayRead(file, id)) {
            return verifier.fill(id, into);
        }
        if (file.isPresent(id.index())) {
            files.health().notRead(id.length());
        }
        return false;
    }

    /** The one that may try a failing disk must be one that reads it: a chunk that isn't there tells nothing. */
    private boolean mayRead(CacheFile file, ChunkId id) {
        return files.health().whyNotRead() == null
                || (file.isPresent(id.index()) && files.health().mayRead());
    }

    /** The version that has this id, if any of its chunks is here; else null. */
    public @Nullable ObjectVersion version(VersionId id) {
        CacheFile file = files.get(id);
        return file == null ? null : file.version();
    }

    /** Whether every chunk is present; true of an empty object. Some may be unverified. */
    public boolean isComplete(ObjectVersion version) {
        CacheFile file = files.get(version);
        return file == null ? version.chunkCount() == 0 : file.isComplete();
    }

    /** Bytes of the object that are present. */
    public long cachedBytes(ObjectVersion version) {
        CacheFile file = files.get(version);
        return file == null ? 0 : file.presentBytes();
    }

    /** The CRC64 of each chunk in order, if every chunk is present and has one; else null. Reads the index. */
    public long @Nullable [] chunkCrc64s(ObjectVersion version) {
        if (!isComplete(version)) {
            return null;
        }
        List<ChunkRecord> records;
        try {
            records = index.chunks(version.id());
        } catch (IOException e) {
            trouble.other("crc64", "can't read checksums from the index", e);
            return null;
        }
        boolean all = records.size() == version.chunkCount() && records.stream().allMatch(ChunkRecord::hasCrc64);
        return all ? records.stream().mapToLong(ChunkRecord::crc64).toArray() : null;
    }

    /** Which chunks of the version are present; empty if none are. Some may be unverified. */
    public BitSet presentChunks(ObjectVersion version) {
        CacheFile file = files.get(version);
        return file == null ? new BitSet() : file.presentChunks();
    }

    /** The checksums of the chunks from {@code first} to before {@code end} that are present. Reads the index. */
    public List<StoredChunk> storedChunks(ObjectVersion version, int first, int end) {
        List<StoredChunk> stored = new ArrayList<>();
        BitSet present = presentChunks(version);
        try {
            for (int i = present.nextSetBit(first); i >= 0 && i < end; i = present.nextSetBit(i + 1)) {
                ChunkRecord record = index.chunk(version.chunk(i));
                if (record != null) {
                    OptionalLong crc64 = record.hasCrc64() ? OptionalLong.of(record.crc64()) : OptionalLong.empty();
                    stored.add(new StoredChunk(i, record.blockCrc32c(), crc64));
                }
            }
        } catch (IOException e) {
            trouble.other("announce", "can't read checksums from the index", e);
        }
        return stored;
    }

    /** Where the version's cache file is, or would be. To have another process read it, {@link #lend} it. */
    public Path path(ObjectVersion version) {
        return files.path(version);
    }

    /** The version's file for another process to open and map; null unless every chunk is present and verified. */
    public @Nullable LentFile lend(ObjectVersion version) {
        CacheFile file = files.get(version);
        try {
            boolean works = files.health().whyNotRead() == null;
            return works && file != null && file.lend() ? new LentFile(file) : null;
        } catch (IOException e) {
            trouble.other("lend", "can't record that a cache file is lent", e);
            return null;
        }
    }

    /**
     * Reads and checks the present chunks, and drops bad ones. Ends early when the disk fails: then {@link #health} says so.
     *
     * @param progress told the bytes checked so far, after each chunk
     */
    public VerifyResult verify(ObjectVersion version, LongConsumer progress) throws InterruptedException {
        return verifier.verify(version, progress);
    }

    // ---- keeping

    /**
     * Keeps a full buffer's chunk, making room for it if need be. Takes as long as writing it into the page cache, and at
     * most about 2 s more to make room.
     *
     * @return whether the chunk is in the cache now; if not, that was counted
     */
    public boolean store(ChunkId id, LandingBuffer full) {
        if (marks.isQuarantined(id.version())) {
            trouble.notStored("quarantined", id, "the whole object's checksum was wrong");
            return false;
        }
        if (!files.health().mayStore(id.length())) {
            trouble.notTried();
            return false;
        }
        return writer.store(id, full);
    }

    /** The version is being loaded now: it is the last to be evicted. */
    public void touch(ObjectVersion version) {
        CacheFile file = files.get(version);
        if (file != null) {
            file.touch(VersionRecord.micros(clock.instant()));
        }
    }

    /** A pinned version is never evicted; it may be pinned before any of it is here. */
    public void setPinned(ObjectVersion version, boolean pinned) {
        try {
            marks.setPinned(version, pinned);
        } catch (IOException e) {
            trouble.other("pin", "the pin lasts only until the agent's restart", e);
        }
    }

    public boolean isPinned(ObjectVersion version) {
        return marks.isPinned(version.id());
    }

    // ---- forgetting

    /** Forgets one chunk. Open regions of it stay readable. */
    public void drop(ChunkId id) {
        CacheFile file = files.get(id.version());
        if (file != null) {
            file.drop(id.index());
        }
    }

    /** Forgets all of a version, and its quarantine, but not its pin. Open regions stay readable. */
    public void dropAll(ObjectVersion version) {
        forget(version);
        try {
            marks.setQuarantined(version, false);
        } catch (IOException e) {
            trouble.other("quarantine", "the quarantine comes back after a restart", e);
        }
    }

    /** Forgets all of a version: its chunks don't add up to the object. */
    public void dropWrong(ObjectVersion version) {
        mismatches.incrementAndGet();
        forget(version);
    }

    /** As {@link #dropWrong}, and keeps nothing of it from now on. */
    public void quarantine(ObjectVersion version) {
        mismatches.incrementAndGet();
        try {
            marks.setQuarantined(version, true);
        } catch (IOException e) {
            trouble.other("quarantine", "the quarantine lasts only until the agent's restart", e);
        }
        forget(version);
    }

    public boolean isQuarantined(ObjectVersion version) {
        return marks.isQuarantined(version);
    }

    /** How many times a version was found wrong since the start: when it moves, bytes that were handed out were wrong. */
    public long mismatches() {
        return mismatches.get();
    }

    /** All quarantined versions; nothing of them is cached. */
    public List<ObjectVersion> quarantined() {
        return List.copyOf(marks.quarantined());
    }

    /** {@code listener} hears of each version that is forgotten as a whole, evictions to make room excepted. */
    public void onForget(Consumer<ObjectVersion> listener) {
        forgetting.add(listener);
    }

    /**
     * {@code listener} hears of all chunks that are gone from the cache, evictions included, in lists of indices that it
     * may not change; it must not block.
     */
    public void onGone(BiConsumer<ObjectVersion, BitSet> listener) {
        files.onGone(listener);
    }

    private void forget(ObjectVersion version) {
        CacheFile file = files.get(version);
        if (file != null) {
            file.remove(true);
        }
        forgetting.forEach(listener -> listener.accept(version));
    }

    // ---- facts

    public DiskHealth health() {
        return files.health();
    }

    /** The versions that have chunks here, and the pinned ones that have none, in no order. */
    public List<CachedVersion> versions() {
        List<CachedVersion> versions = new ArrayList<>();
        for (CacheFile file : files.all()) {
            ObjectVersion version = file.version();
            versions.add(new CachedVersion(
                    version,
                    file.presentBytes(),
                    VersionRecord.instant(file.lastLoadedMicros()),
                    marks.isPinned(version.id()),
                    file.isComplete()));
        }
        for (ObjectVersion version : marks.pinned()) {
            if (files.get(version) == null) {
                versions.add(new CachedVersion(version, 0, Instant.EPOCH, true, version.chunkCount() == 0));
            }
        }
        return versions;
    }

    /** What the disk has room for now: the capacity, or less. */
    public long limitBytes() {
        return files.space().limitBytes();
    }

    /** The largest model that eviction leaves whole, while it is the only one. */
    public long largestModelBytes() {
        return (long) (limitBytes() * options.lowWatermark());
    }

    public LastKnown lastKnown() {
        return lastKnown;
    }

    /** Waits until all is on the device, so that after a reboot nothing has to be checked. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        evictor.close();
        files.saveTouched();
        boolean quiet = files.shutDown();
        try {
            index.close();
            if (quiet) {
                directory.markClean();
            }
        } catch (IOException e) {
            LOG.warn("the cache was not closed cleanly, its chunks will be checked after a reboot: {}", e.getMessage());
        } finally {
            trouble.retrySuspect();
            directory.close();
        }
    }
}
