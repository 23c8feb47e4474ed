package io.tidepool.fuse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The few system calls on mount points that the JDK doesn't offer, or hides the errno of. Each returns 0, or the positive
 * errno. Linked on first use; thread-safe.
 */
final class Syscalls {
    static final int ENOENT = 2;
    static final int EPERM = 1;
    static final int EBUSY = 16;
    static final int EINVAL = 22;
    static final int ECONNABORTED = 103;
    static final int ENOTCONN = 107;

    /** umount2 flag: cut the connection, so that everything that waits for the file system fails. */
    static final int MNT_FORCE = 1;
    /** umount2 flag: take the mount out of the tree now, whoever still has files open. */
    static final int MNT_DETACH = 2;

    /** Larger than struct statvfs is anywhere (112 bytes on x86-64 and aarch64). */
    private static final int STATVFS_BYTES = 256;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle UMOUNT2 = link("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle STATVFS = link("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    private Syscalls() {}

    static int umount2(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) UMOUNT2.invokeExact(state, arena.allocateFrom(path.toString()), flags);
            return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("umount2", e);
        }
    }

    /** Asks a file system for its size, only to see whether it answers. Waits as long as that takes. */
    static int statvfs(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int)
                    STATVFS.invokeExact(state, arena.allocateFrom(path.toString()), arena.allocate(STATVFS_BYTES, 8));
            return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("statvfs", e);
        }
    }

    @SuppressWarnings("restricted") // calling libc is this class's whole purpose
    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }
}
