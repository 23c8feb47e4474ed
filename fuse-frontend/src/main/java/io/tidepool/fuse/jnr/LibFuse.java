package io.tidepool.fuse.jnr;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.IgnoreError;

/**
 * The functions of libfuse2 that the binding calls (fuse_lowlevel.h, FUSE_USE_VERSION 26). Addresses, sizes and offsets are
 * {@code long}, which is C's {@code long}, {@code size_t}, {@code off_t} and pointer alike on 64-bit Linux: no wrapper
 * objects on the way of a read. Replies return 0, or a negative errno if the request was aborted meanwhile; either way the
 * request's memory is gone then.
 */
public interface LibFuse {
    /** Debian's package libfuse2. libfuse3 ({@code libfuse3.so.3}) is another API. */
    String LIBRARY = "libfuse.so.2";

    /** Mounts; returns the fuse_chan, or 0 if it failed (the reason is on stderr then). */
    long fuse_mount(String mountPoint, long args);

    void fuse_opt_free_args(long args);

    /** Returns the fuse_session, or 0 if it failed (the reason is on stderr then). */
    long fuse_lowlevel_new(long args, long ops, long opsBytes, long userData);

    void fuse_session_add_chan(long session, long channel);

    /** Frees the session and its channel, and closes the descriptor of /dev/fuse. */
    void fuse_session_destroy(long session);

    long fuse_chan_bufsize(long channel);

    int fuse_chan_fd(long channel);

    /** A channel that answers into a descriptor of ours, which it owns then. */
    long fuse_kern_chan_new(int descriptor);

    void fuse_chan_destroy(long channel);

    /** Waits for a request; returns its size, 0 when the session has ended, or a negative errno. */
    @IgnoreError
    int fuse_session_receive_buf(long session, long buf, long channelOut);

    @IgnoreError
    void fuse_session_process_buf(long session, long buf, long channel);

    @IgnoreError
    void fuse_req_interrupt_func(long request, long function, long data);

    @IgnoreError
    int fuse_reply_err(long request, int errno);

    @IgnoreError
    void fuse_reply_none(long request);

    @IgnoreError
    int fuse_reply_entry(long request, long entryParam);

    @IgnoreError
    int fuse_reply_attr(long request, long stat, double validForSeconds);

    @IgnoreError
    int fuse_reply_open(long request, long fileInfo);

    @IgnoreError
    int fuse_reply_buf(long request, long address, long bytes);

    @IgnoreError
    int fuse_reply_statfs(long request, long statvfs);

    @IgnoreError
    int fuse_reply_xattr(long request, long bytes);

    /** Drops the kernel's pages of an inode; 0 bytes: to the end. Returns 0, or a negative errno. */
    @IgnoreError
    int fuse_lowlevel_notify_inval_inode(long channel, long ino, long offset, long bytes);

    /** Loads the library; an UnsatisfiedLinkError if it isn't there. */
    static LibFuse load(String library) {
        return LibraryLoader.create(LibFuse.class).failImmediately().load(library);
    }
}
