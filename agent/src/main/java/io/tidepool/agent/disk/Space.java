package io.tidepool.agent.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much of the capacity is taken, counted in whole file system blocks, and how much there can be: the capacity, or less
 * on a disk that has no room for it. Space is reserved before bytes are written and released after they are gone, so the
 * files never hold more than the capacity, nor more than the file system has beside what is to stay free. Thread-safe.
 */
final class Space {
    private static final int FILE_SYSTEM_BLOCK = 4096;

    /** What the index may write between two looks at the file system; chunks leave it that even if nothing is to stay free. */
    private static final long INDEX_BYTES = 4L << 20;

    /** A file system may show late what was deleted: looked at all the time, eviction would run after its own effect. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long capacityBytes;
    private final long keepFreeBytes;
    private final FileStore fileStore;
    private final AtomicLong usedBytes = new AtomicLong();
    /** Part of the used: reserved, and perhaps not on the disk yet. */
    private final AtomicLong unwrittenBytes = new AtomicLong();

    private volatile @Nullable Look look;

    private record Look(long limitBytes, long atNanos) {}

    Space(DiskOptions options) throws IOException {
        this.capacityBytes = options.capacityBytes();
        this.keepFreeBytes = Math.max(options.keepFreeBytes(), INDEX_BYTES);
        this.fileStore = Files.getFileStore(options.directory());
    }

    /** Bytes that {@code length} bytes of a chunk take on the disk. */
    static long occupiedBy(int length) {
        return (long) (length + FILE_SYSTEM_BLOCK - 1) / FILE_SYSTEM_BLOCK * FILE_SYSTEM_BLOCK;
    }

    /** Counts what the index names at start, even when the capacity has shrunk below it. */
    void adopt(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /** Takes room for bytes that are about to be written; {@link #written} says that this has ended. */
    boolean tryReserve(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        // Before the look at the file system: what is written meanwhile counts twice rather than not at all.
        long unwritten = unwrittenBytes.addAndGet(bytes);
        if (used <= capacityBytes && freeBytes() - unwritten >= keepFreeBytes) {
            return true;
        }
        unwrittenBytes.addAndGet(-bytes);
        usedBytes.addAndGet(-bytes);
        return false;
    }

    /** Reserved bytes are on the disk now, or won't be. */
    void written(long bytes) {
        unwrittenBytes.addAndGet(-bytes);
    }

    void release(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    long usedBytes() {
        return usedBytes.get();
    }

    /** The capacity, or what the file system has room for if that is less; as of some seconds ago. */
    long limitBytes() {
        Look last = look;
        if (last == null || System.nanoTime() - last.atNanos() > LOOK_EVERY_NANOS) {
            last = look();
            look = last;
        }
        return last.limitBytes();
    }

    private Look look() {
        long free = freeBytes();
        long room = free == Long.MAX_VALUE
                ? capacityBytes
                : Math.max(0, usedBytes.get() - unwrittenBytes.get() + free - keepFreeBytes);
        return new Look(Math.min(capacityBytes, room), System.nanoTime());
    }

    /** Why there is no room, in a few words. */
    String whyFull() {
        long limit = look().limitBytes();
        return limit < capacityBytes
                ? "the disk has room for " + (limit >> 20) + " MiB of the capacity's " + (capacityBytes >> 20)
                        + " MiB, and pinned or busy files fill that"
                : "the cache is full of pinned or busy files";
    }

    private long freeBytes() {
        try {
            long usable = fileStore.getUsableSpace();
            return usable == 0 && fileStore.getTotalSpace() == 0 ? Long.MAX_VALUE : usable;
        } catch (IOException e) {
            // A file system that can't say how full it is says so when it is written to.
            return Long.MAX_VALUE;
        }
    }
}
