package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All {@link CacheFile}s by version, where they lie, and how many of them are open. Thread-safe. */
final class CacheFiles {
    private static final long WRITERS_END_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path objects;
    private final ChunkIndex index;
    private final Space space;
    private final DiskTrouble trouble;
    private final InstantSource clock;
    private final int maxOpen;
    private final ConcurrentHashMap<VersionId, CacheFile> files = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong chunks = new AtomicLong();
    private final List<BiConsumer<ObjectVersion, BitSet>> goneListeners = new CopyOnWriteArrayList<>();
    private volatile boolean shut;

    CacheFiles(Path objects, ChunkIndex index, Space space, DiskTrouble trouble, InstantSource clock, int maxOpen) {
        this.objects = objects;
        this.index = index;
        this.space = space;
        this.trouble = trouble;
        this.clock = clock;
        this.maxOpen = maxOpen;
    }

    @Nullable
    CacheFile get(ObjectVersion version) {
        return get(version.id());
    }

    @Nullable
    CacheFile get(VersionId version) {
        return files.get(version);
    }

    /** Makes the version's directory too. */
    CacheFile getOrCreate(ObjectVersion version) throws IOException {
        CacheFile file = files.get(version.id());
        if (file != null) {
            return file;
        }
        Path path = path(version);
        Files.createDirectories(path.getParent());
        long now = VersionRecord.micros(clock.instant());
        CacheFile made = files.computeIfAbsent(
                version.id(), id -> new CacheFile(new VersionRecord(version, now, false), path, this));
        if (shut) {
            made.shutDown();
        }
        return made;
    }

    Path path(ObjectVersion version) {
        String hex = version.id().hex();
        return objects.resolve(hex.substring(0, 2)).resolve(hex + ".chunks");
    }

    boolean has(VersionId version) {
        return files.containsKey(version);
    }

    Collection<CacheFile> all() {
        return files.values();
    }

    long chunks() {
        return chunks.get();
    }

    // ---- what a CacheFile needs and tells

    ChunkIndex index() {
        return index;
    }

    Space space() {
        return space;
    }

    DiskTrouble trouble() {
        return trouble;
    }

    DiskHealth health() {
        return trouble.health();
    }

    void removed(CacheFile file) {
        files.remove(file.version().id(), file);
    }

    void onGone(BiConsumer<ObjectVersion, BitSet> listener) {
        goneListeners.add(listener);
    }

    void gone(ObjectVersion version, BitSet chunkIndices) {
        goneListeners.forEach(listener -> listener.accept(version, chunkIndices));
    }

    void chunkAppeared() {
        chunks.incrementAndGet();
    }

    void chunksDisappeared(int count) {
        chunks.addAndGet(-count);
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    int openFiles() {
        return open.get();
    }

    /** Closes files that nobody reads, the longest unread first, when too many are open. Call without any lock. */
    void limitOpen() {
        if (open.get() <= maxOpen) {
            return;
        }
        // An eighth at a time, so that a working set larger than the limit doesn't sort at each read.
        int target = maxOpen - maxOpen / 8;
        List<CacheFile> idle = new ArrayList<>();
        for (CacheFile file : files.values()) {
            if (file.isOpenAndIdle()) {
                idle.add(file);
            }
        }
        Map<CacheFile, Long> usedAt = new HashMap<>();
        idle.forEach(file -> usedAt.put(file, file.lastUsedNanos()));
        idle.sort(Comparator.comparing(usedAt::get));
        for (CacheFile file : idle) {
            if (open.get() <= target) {
                return;
            }
            file.closeIfIdle();
        }
    }

    void saveTouched() {
        for (CacheFile file : files.values()) {
            try {
                file.saveIfTouched();
            } catch (IOException e) {
                trouble.other("touch", "can't save when models were loaded", e);
                return;
            }
        }
    }

    // ---- start and stop

    /**
     * Reads the index, and makes the directory agree with it.
     *
     * @param tidy whether killed writers may have left bytes that the index doesn't name
     * @return cache files deleted because the index doesn't name them
     */
    int load(boolean tidy) throws IOException {
        index.load(new ChunkIndex.Loader() {
            @Override
            public void version(VersionRecord record) {
                files.put(record.version().id(), new CacheFile(record, path(record.version()), CacheFiles.this));
            }

            @Override
            public void chunk(VersionId version, int chunk, boolean verified) throws IOException {
                CacheFile file = files.get(version);
                if (file == null || chunk < 0 || chunk >= file.version().chunkCount()) {
                    throw new IndexDb.DamagedException("the index names chunk " + chunk + " of no version", null);
                }
                file.appear(chunk, verified);
            }
        });
        files.values().forEach(file -> space.adopt(file.allocatedBytes()));
        return Reconciler.reconcile(this, objects, tidy);
    }

    /**
     * Hands out nothing any more, and waits a while for writers.
     *
     * @return whether no writer is at work, so that what is on disk is what is named
     */
    boolean shutDown() {
        // First, so that a file made from now on is shut by its maker, if not by the loop.
        shut = true;
        files.values().forEach(CacheFile::shutDown);
        long deadline = System.nanoTime() + WRITERS_END_NANOS;
        boolean quiet = true;
        for (CacheFile file : files.values()) {
            quiet &= file.awaitQuiet(deadline);
        }
        return quiet;
    }
}
