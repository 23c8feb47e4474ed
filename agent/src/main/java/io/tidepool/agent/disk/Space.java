package io.tidepool.agent.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the capacity is taken, counted in whole file system blocks. Space is reserved before bytes are written and
 * released after they are gone, so the files never hold more than the capacity. Thread-safe.
 */
final class Space {
    private static final int FILE_SYSTEM_BLOCK = 4096;

    private final long capacityBytes;
    private final long keepFreeBytes;
    private final FileStore fileStore;
    private final AtomicLong usedBytes = new AtomicLong();

    Space(DiskOptions options) throws IOException {
        this.capacityBytes = options.capacityBytes();
        this.keepFreeBytes = options.keepFreeBytes();
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

    boolean tryReserve(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        if (used <= capacityBytes && leavesRoomForOthers(bytes)) {
            return true;
        }
        usedBytes.addAndGet(-bytes);
        return false;
    }

    private boolean leavesRoomForOthers(long bytes) {
        if (keepFreeBytes == 0) {
            return true;
        }
        try {
            return fileStore.getUsableSpace() - bytes >= keepFreeBytes;
        } catch (IOException e) {
            // A file system that can't say how full it is says so when it is written to.
            return true;
        }
    }

    void release(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    long usedBytes() {
        return usedBytes.get();
    }

    long capacityBytes() {
        return capacityBytes;
    }

    boolean isAbove(double share) {
        return usedBytes.get() > (long) (capacityBytes * share);
    }
}
