package io.tidepool.fuse;

import java.time.Duration;

/**
 * How to mount. Not here because they never vary: subtype {@code tidepool} (the type in /proc/mounts is {@code
 * fuse.tidepool}), {@code default_permissions}, {@code ro}, nosuid and nodev.
 *
 * @param fsName the source that {@code df} and /proc/mounts show
 * @param allowOther whether users other than the mounting one may enter
 * @param workers session threads: how many requests are taken from the kernel at once
 * @param readAheadKb how far the kernel reads ahead of a sequential reader, in KiB; its own default, 128, is far too small
 * @param maxBackground how many read-ahead requests the kernel may have under way; its own default is 12
 * @param maxWaitingReads how many reads may wait for bytes with a buffer of {@link #MAX_READ_BYTES} each; further ones wait
 *     for a buffer first
 * @param bufferWait how long they wait for that at most; then they are EIO
 * @param closeGrace how long {@link Mount#close} waits for open files before it cuts them off
 */
public record MountOptions(
        String fsName,
        boolean allowOther,
        int workers,
        int readAheadKb,
        int maxBackground,
        int maxWaitingReads,
        Duration bufferWait,
        Duration closeGrace) {

    /** The type of our mounts, without the leading {@code fuse.}. */
    public static final String SUBTYPE = "tidepool";

    /** The most bytes one read asks for. libfuse2 knows no larger requests than 128 KiB. */
    public static final int MAX_READ_BYTES = 131_072;

    public MountOptions {
        if (fsName.isEmpty() || fsName.indexOf('\n') >= 0 || fsName.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("fsName must be one non-empty line");
        }
        if (workers < 1 || readAheadKb < 0 || maxBackground < 1 || maxBackground > 0xFFFF || maxWaitingReads < 1) {
            throw new IllegalArgumentException("workers " + workers + ", readAheadKb " + readAheadKb
                    + ", maxBackground " + maxBackground + ", maxWaitingReads " + maxWaitingReads);
        }
    }

    /** What suits one host: a worker for each of up to 8 processors, 4 MiB of kernel read-ahead. */
    public static MountOptions defaults() {
        int workers = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
        return new MountOptions(SUBTYPE, false, workers, 4096, 128, 256, Duration.ofSeconds(30), Duration.ofSeconds(2));
    }

    public MountOptions withFsName(String value) {
        return new MountOptions(
                value, allowOther, workers, readAheadKb, maxBackground, maxWaitingReads, bufferWait, closeGrace);
    }

    public MountOptions withAllowOther(boolean value) {
        return new MountOptions(
                fsName, value, workers, readAheadKb, maxBackground, maxWaitingReads, bufferWait, closeGrace);
    }

    public MountOptions withWorkers(int value) {
        return new MountOptions(
                fsName, allowOther, value, readAheadKb, maxBackground, maxWaitingReads, bufferWait, closeGrace);
    }

    public MountOptions withReadAheadKb(int value) {
        return new MountOptions(
                fsName, allowOther, workers, value, maxBackground, maxWaitingReads, bufferWait, closeGrace);
    }

    public MountOptions withMaxBackground(int value) {
        return new MountOptions(
                fsName, allowOther, workers, readAheadKb, value, maxWaitingReads, bufferWait, closeGrace);
    }

    public MountOptions withMaxWaitingReads(int value) {
        return new MountOptions(fsName, allowOther, workers, readAheadKb, maxBackground, value, bufferWait, closeGrace);
    }

    public MountOptions withBufferWait(Duration value) {
        return new MountOptions(
                fsName, allowOther, workers, readAheadKb, maxBackground, maxWaitingReads, value, closeGrace);
    }

    public MountOptions withCloseGrace(Duration value) {
        return new MountOptions(
                fsName, allowOther, workers, readAheadKb, maxBackground, maxWaitingReads, bufferWait, value);
    }

    /** The most off-heap memory that a mount with these options uses: the line it has in a memory budget. */
    public long memoryBytes() {
        long requestBuffers = (long) workers * (MAX_READ_BYTES + 4096);
        long answerBuffers = (long) workers * MAX_READ_BYTES;
        long waitingReads = (long) maxWaitingReads * MAX_READ_BYTES;
        return requestBuffers + answerBuffers + waitingReads;
    }
}
