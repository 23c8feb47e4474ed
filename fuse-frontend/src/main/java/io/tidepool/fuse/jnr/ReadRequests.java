package io.tidepool.fuse.jnr;

import io.tidepool.fuse.FileSystem;
import io.tidepool.fuse.FuseException;
import io.tidepool.fuse.MountOptions;

/**
 * The way of a read. The session thread that took the request asks for bytes at hand and answers from its own buffer: no
 * hand-over, nothing allocated but the reply. Only if the bytes must be waited for, a virtual thread asks again with a
 * buffer of the pool, and the session thread takes the next request.
 */
final class ReadRequests {
    private final FileSystem fileSystem;
    private final LibFuse lib;
    private final WaitingRequests waiting;
    private final ReadBuffers buffers;

    ReadRequests(FileSystem fileSystem, LibFuse lib, WaitingRequests waiting, MountOptions options) {
        this.fileSystem = fileSystem;
        this.lib = lib;
        this.waiting = waiting;
        this.buffers = new ReadBuffers(options.maxWaitingReads());
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
            waiting.start(request, reply -> readLater(reply, handle, offset, bytes));
        }
    }

    private void readLater(Reply reply, long handle, long offset, int bytes)
            throws FuseException, InterruptedException {
        ReadBuffer buffer = buffers.take();
        try {
            int count = fileSystem.read(handle, offset, buffer.sized(bytes));
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
