package io.tidepool.fuse;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A file system of ours in the host's tree, from the moment it can be read until it is unmounted. Made by a binding; all
 * bindings pass one contract suite. Thread-safe.
 *
 * <p>The mount owns its threads and buffers, not the {@link FileSystem}: whoever made that closes it, after the mount.
 */
public interface Mount extends AutoCloseable {
    /** Where it is mounted. Touch files below it from the mounting process only if a deadlock is what you want to see. */
    Path mountPoint();

    /** Completes when the mount has ended: by {@link #close}, or because somebody unmounted it from outside. */
    CompletableFuture<Void> ended();

    /**
     * Makes the kernel drop the pages that it has of an inode, of open and mapped files too: what is read of it from now on
     * is asked anew. Waits for the reads of it that are being answered, so whoever answers them must not call this. Does
     * nothing for an inode that the kernel doesn't know, and after the mount's end.
     */
    void forgetPages(long ino);

    /**
     * Unmounts, waits for every request that is being answered, and ends all threads of the mount. While files are open it
     * waits up to {@link MountOptions#closeGrace()} for them to be closed, then detaches the mount point and cuts the
     * connection: what readers still ask fails with ENOTCONN or ECONNABORTED, what they have mapped and touched stays.
     * A second close does nothing.
     */
    @Override
    void close();
}
