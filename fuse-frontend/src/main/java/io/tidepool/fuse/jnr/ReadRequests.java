package io.tidepool.fuse.jnr;

import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FileSystem;
import io.tidepool.fuse.FuseException;
import io.tidepool.fuse.MountOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a read. The session thread that took the request asks for bytes at hand and answers from its own buffer: no
 * hand-over, nothing allocated but the reply. Only if the bytes must be waited for, a virtual thread asks again with a
 * buffer of the pool, and the session thread takes the next request.
 */
final class ReadRequests {
    private static final Logger log = LoggerFactory.getLogger(ReadRequests.class);

    private final FileSystem fileSystem;
    private final LibFuse lib;
    private final WaitingRequests waiting;
    private final ReadBuffers buffers;
    private final long bufferWaitNanos;

    ReadRequests(FileSystem fileSystem, LibFuse lib, WaitingRequests waiting, MountOptions options) {
        this.fileSystem = fileSystem;
        this.lib = lib;
        this.waiting = waiting;
        this.buffers = new ReadBuffers(options.maxWaitingReads());
        this.bufferWaitNanos = options.bufferWait().toNanos();
    }

    /** fuse_lowlevel_ops.read */
    void read(long request, long ino, long size, long offset, long fileInfo) {
        long handle = Memory.getLong(fileInfo + Layout.FILE_INFO_HANDLE);
        // The kernel asks for max_read at most. More is an error: a short answer would be taken for the end of the
        // file.
        int bytes = Math.clamp(size, 0, Integer.MAX_VALUE);
        Reply now = new Reply(lib, request);
        WaitingRequests.run(now, reply -> {
            ReadBuffer buffer = SessionThread.current().readBuffer();
            int count = fileSystem.readNow(handle, offset, buffer.sized(bytes));
            if (count != FileSystem.WOULD_BLOCK) {
                reply.bytes(buffer.address(), checked(count, bytes));
            }
        });
        if (!now.isGiven()) {
            long asked = System.nanoTime();
            waiting.start(request, reply -> readLater(reply, handle, offset, bytes, asked));
        }
    }

    private void readLater(Reply reply, long handle, long offset, int bytes, long asked)
            throws FuseException, InterruptedException {
        ReadBuffer buffer = buffers.take(asked + bufferWaitNanos - System.nanoTime());
        if (buffer == null) {
            log.warn("A read got no buffer: as many reads as may have waited for bytes the whole time; answered EIO");
            throw Errno.EIO.exception();
        }
        try {
            int count = fileSystem.read(handle, offset, buffer.sized(bytes), asked);
            reply.bytes(buffer.address(), checked(count, bytes));
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private static int checked(int count, int bytes) {
        if (count < 0 || count > bytes) {
            throw new IllegalStateException("a read of " + bytes + " bytes returned " + count);
        }
        return count;
    }
}
