package io.tidepool.fuse.jnr;

import io.tidepool.fuse.MountException;
import io.tidepool.fuse.MountOptions;
import java.nio.file.Path;

/**
 * libfuse's session on one mounted channel: where requests come from. Receiving, processing and {@link #forgetPages} are
 * thread-safe; {@link #destroy} comes last, when no thread is in the session and every request is answered.
 */
final class Session {
    private final LibFuse lib;
    private final long channel;
    private final long session;
    private boolean destroyed;

    private Session(LibFuse lib, long channel, long session) {
        this.lib = lib;
        this.channel = channel;
        this.session = session;
    }

    /** Mounts, and makes the session for the mount. libfuse itself writes the reason of a failure to stderr. */
    static Session open(LibFuse lib, Path point, MountOptions options, Operations operations) throws MountException {
        // The session first: it can't fail for a reason outside, so there is no mount to take back.
        long session = MountArguments.with(
                lib,
                MountArguments.forSession(),
                args -> lib.fuse_lowlevel_new(args, operations.address(), operations.bytes(), 0));
        if (session == 0) {
            throw new MountException("cannot mount on " + point + ": libfuse2 refuses the session");
        }
        long channel = MountArguments.with(
                lib, MountArguments.forMount(options), args -> lib.fuse_mount(point.toString(), args));
        if (channel == 0) {
            lib.fuse_session_destroy(session);
            throw new MountException(
                    "cannot mount on " + point + ": the kernel refuses (the line of libfuse above says why);"
                            + " mounting needs root or CAP_SYS_ADMIN, or fusermount3 and a /dev/fuse open to the user");
        }
        lib.fuse_session_add_chan(session, channel);
        return new Session(lib, channel, session);
    }

    /** How large the buffer for requests must be: the largest write and its header. */
    long requestBytes() {
        return lib.fuse_chan_bufsize(channel);
    }

    /**
     * Waits for a request.
     *
     * @param buffer a struct fuse_buf
     * @param channelOut a pointer's room, that holds the channel afterwards
     * @return the size of the request, 0 when the session has ended, a negative errno otherwise
     */
    int receive(long buffer, long channelOut) {
        Memory.putLong(channelOut, channel);
        return lib.fuse_session_receive_buf(session, buffer, channelOut);
    }

    /** Calls the operation that the request asks for. */
    void process(long buffer, long channelOut) {
        if (Introduction.isIn(buffer)) {
            Introduction.answer(lib, session, buffer, channel);
        } else {
            lib.fuse_session_process_buf(session, buffer, Memory.getLong(channelOut));
        }
    }

    /** See {@link io.tidepool.fuse.Mount#forgetPages}. When the mount ends, so does what this waits for. */
    synchronized void forgetPages(long ino) {
        if (!destroyed) {
            // ENOENT when the kernel doesn't know the inode, ENODEV when the mount has ended: no pages either way.
            int _ = lib.fuse_lowlevel_notify_inval_inode(channel, ino, 0, 0);
        }
    }

    synchronized void destroy() {
        destroyed = true;
        lib.fuse_session_destroy(session);
    }
}
