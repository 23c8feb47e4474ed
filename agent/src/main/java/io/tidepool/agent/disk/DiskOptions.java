package io.tidepool.agent.disk;

import java.nio.file.Path;

/**
 * How the cache directory is used.
 *
 * @param directory made if missing; one agent at a time may use it
 * @param capacityBytes most chunk bytes to keep, in whole 4 KiB blocks; the index (about 100 bytes a chunk) comes on top
 * @param highWatermark share of the capacity above which eviction starts in the background
 * @param lowWatermark share of the capacity at which it stops
 * @param keepFreeBytes free space to leave on the file system whatever the capacity is: a full system disk hurts others
 * @param maxOpenFiles cache files to keep open between reads
 */
public record DiskOptions(
        Path directory,
        long capacityBytes,
        double highWatermark,
        double lowWatermark,
        long keepFreeBytes,
        int maxOpenFiles) {
    public static final double DEFAULT_HIGH_WATERMARK = 0.95;
    public static final double DEFAULT_LOW_WATERMARK = 0.90;
    public static final long DEFAULT_KEEP_FREE_BYTES = 1L << 30;
    public static final int DEFAULT_MAX_OPEN_FILES = 256;

    /** The most native memory that the index comes to use. */
    public static final long INDEX_MEMORY_BYTES = IndexDb.MEMORY_BYTES;

    public DiskOptions {
        if (capacityBytes <= 0 || keepFreeBytes < 0 || maxOpenFiles < 1) {
            throw new IllegalArgumentException("capacity " + capacityBytes + ", keep free " + keepFreeBytes
                    + ", open files " + maxOpenFiles + ": not all are positive");
        }
        if (!(0 < lowWatermark && lowWatermark <= highWatermark && highWatermark <= 1)) {
            throw new IllegalArgumentException(
                    "watermarks must obey 0 < low <= high <= 1: low " + lowWatermark + ", high " + highWatermark);
        }
    }

    /** The defaults for all but where and how much. */
    public static DiskOptions of(Path directory, long capacityBytes) {
        return new DiskOptions(
                directory,
                capacityBytes,
                DEFAULT_HIGH_WATERMARK,
                DEFAULT_LOW_WATERMARK,
                DEFAULT_KEEP_FREE_BYTES,
                DEFAULT_MAX_OPEN_FILES);
    }

    /** The same with another amount of space to leave free. */
    public DiskOptions keepingFree(long bytes) {
        return new DiskOptions(directory, capacityBytes, highWatermark, lowWatermark, bytes, maxOpenFiles);
    }
}
