package io.tidepool.fuse;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A file system as the kernel sees it: inodes, names and open handles. A binding ({@link Mount}) turns the kernel's
 * requests into these calls; an implementation knows nothing of FUSE and runs without a mount.
 *
 * <p>Rules that every implementation obeys:
 *
 * <ul>
 *   <li><b>Inodes.</b> {@link #ROOT} is the root directory. A number names one immutable thing and is never used again for
 *       another during a mount: the kernel's page cache is per inode, so a new content is a new number. Each lookup that
 *       answers an inode adds one to its lookup count, {@link #forget} subtracts; until the count is 0 (and every handle is
 *       released) the kernel may ask about it.
 *   <li><b>Threads.</b> All methods may be called by many threads at once; calls on one directory handle don't overlap.
 *       {@link #readNow} and {@link #forget} run on a session thread: they must not wait for the network, a lock held over
 *       I/O, or another request. All others run on a virtual thread of their own and may wait.
 *   <li><b>Interrupts.</b> When the process that waits for an answer gets a signal, the virtual thread is interrupted.
 *       The method then ends soon, by InterruptedException or EINTR. An interrupted thread closes the {@code FileChannel}
 *       that it reads: don't read a shared channel on the calling thread of a method that can be interrupted.
 *   <li><b>Errors.</b> A {@link FuseException} is an answer. InterruptedException becomes EINTR. Any other exception is
 *       logged with its stack trace and becomes EIO.
 *   <li><b>Time.</b> The binding sets no deadline: every method ends by itself. Time that a request spent in the binding
 *       counts too, and {@link #read} is told when it began.
 * </ul>
 *
 * <p>Reading only, so far: the bindings answer EROFS to everything that would write, without asking.
 */
public interface FileSystem {
    /** The root directory's inode number. */
    long ROOT = 1;

    /** What {@link #readNow} returns when the bytes aren't at hand. */
    int WOULD_BLOCK = -1;

    /**
     * Finds a name in a directory and adds one to the lookup count of the inode found.
     *
     * @param name valid UTF-8 (the binding answers ENOENT for anything else), 1 to 255 bytes, never "." or ".."
     * @return the inode, or {@link Entry#absent}
     */
    Entry lookup(long parent, String name) throws FuseException, InterruptedException;

    /** Takes {@code lookups} from an inode's lookup count. Called for an unknown inode too, then without effect. */
    void forget(long ino, long lookups);

    /** The attributes of an inode; ESTALE if it is gone. Of the root: at once, without the network. */
    Attributes getattr(long ino) throws FuseException, InterruptedException;

    /** Opens a directory and returns a handle for {@link #readdir} and {@link #releasedir}. */
    long opendir(long ino) throws FuseException, InterruptedException;

    /**
     * Lists a directory from a place on: gives entries to the sink until it is full or there are no more. Everything that
     * exists throughout the listing is given exactly once, whatever comes and goes meanwhile.
     *
     * @param cookie 0 for the beginning, else the {@code nextCookie} of the last entry that was taken
     */
    void readdir(long handle, long cookie, DirectorySink sink) throws FuseException, InterruptedException;

    /** Ends a directory handle. Called exactly once for each. */
    void releasedir(long handle);

    /**
     * Opens a file for reading. ESTALE says that the name leads to another inode by now: the kernel then looks the name up
     * again and opens what it finds.
     *
     * @param flags of open(2)
     */
    Opened open(long ino, int flags) throws FuseException, InterruptedException;

    /**
     * Reads if that needs no waiting for the network (reading a local disk is fine).
     *
     * @param offset at least 0, in bytes
     * @param dst direct, with 1 byte to {@link MountOptions#MAX_READ_BYTES} remaining; the bytes go at its position. It is
     *     the binding's: don't keep it. What is in it, and its position, don't matter afterwards if this returns
     *     WOULD_BLOCK or throws
     * @return the number of bytes, less than remaining only at the end of the file (the kernel takes a short answer for
     *     the end and zero-fills what it expected behind), 0 behind the end; or {@link #WOULD_BLOCK}: the same is then asked
     *     of {@link #read}
     */
    int readNow(long handle, long offset, ByteBuffer dst) throws FuseException;

    /**
     * Reads as {@link #readNow} does, but waits for the bytes as long as it takes (up to the file system's deadline).
     *
     * @param askedNanos {@link System#nanoTime} when the kernel asked, from which a deadline counts
     */
    int read(long handle, long offset, ByteBuffer dst, long askedNanos) throws FuseException, InterruptedException;

    /** Ends a file handle. Called exactly once for each, after its last read returned. */
    void release(long handle);

    /** The size and use of the whole; at once, without the network. */
    FileSystemStats statfs();

    /**
     * The value of an extended attribute; ENODATA if there is none of that name. Only {@code user.*} names are asked. ENOSYS
     * (the default) says that there are no extended attributes at all; the kernel then doesn't ask again.
     */
    default byte[] getxattr(long ino, String name) throws FuseException, InterruptedException {
        throw Errno.ENOSYS.exception();
    }

    /** The names of an inode's extended attributes, each beginning with {@code user.}. */
    default List<String> listxattr(long ino) throws FuseException, InterruptedException {
        throw Errno.ENOSYS.exception();
    }
}
