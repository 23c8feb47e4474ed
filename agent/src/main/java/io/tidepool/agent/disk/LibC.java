package io.tidepool.agent.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The C library's file calls through the Foreign Function API, with the errno of each call.
 *
 * <p>Why not {@code FileChannel}: an interrupt of one reading thread closes a channel under all others, and there is no
 * {@code fallocate} to punch holes with. Each method returns what the call returned, or {@code -errno}; calls that a
 * signal cut short (EINTR) are repeated. 64-bit Linux only: {@code off_t} is a {@code long}.
 */
@SuppressWarnings("restricted") // native access is what this class is for; the JVM's flags allow it
final class LibC {
    static final int O_RDWR = 2;
    static final int O_RDONLY = 0;
    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;
    static final int FALLOC_FL_KEEP_SIZE = 1;
    static final int FALLOC_FL_PUNCH_HOLE = 2;
    static final int SEEK_END = 2;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle OPEN = handle(
            "open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle PREAD =
            handle("pread", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, LONG));
    private static final MethodHandle PWRITE =
            handle("pwrite", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, LONG));
    private static final MethodHandle FALLOCATE = handle("fallocate", FunctionDescriptor.of(INT, INT, INT, LONG, LONG));
    private static final MethodHandle LSEEK = handle("lseek", FunctionDescriptor.of(LONG, INT, LONG, INT));
    private static final MethodHandle FSYNC = handle("fsync", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SYNCFS = handle("syncfs", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle FLOCK = handle("flock", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

    /** One system call, given where to leave its errno. */
    private interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    private LibC() {}

    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
    }

    static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int) call(state -> (int) OPEN.invokeExact(state, name, flags, mode));
        }
    }

    /** Never repeated: on Linux the descriptor is gone even when a signal cut the call short. */
    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long pread(int fd, MemorySegment into, long position) {
        return call(state -> (long) PREAD.invokeExact(state, fd, into, into.byteSize(), position));
    }

    static long pwrite(int fd, MemorySegment from, long position) {
        return call(state -> (long) PWRITE.invokeExact(state, fd, from, from.byteSize(), position));
    }

    static int fallocate(int fd, int mode, long position, long length) {
        return (int) call(state -> (int) FALLOCATE.invokeExact(state, fd, mode, position, length));
    }

    static long lseek(int fd, long offset, int whence) {
        return call(state -> (long) LSEEK.invokeExact(state, fd, offset, whence));
    }

    static int fsync(int fd) {
        return (int) call(state -> (int) FSYNC.invokeExact(state, fd));
    }

    static int syncfs(int fd) {
        return (int) call(state -> (int) SYNCFS.invokeExact(state, fd));
    }

    static int flock(int fd, int operation) {
        return (int) call(state -> (int) FLOCK.invokeExact(state, fd, operation));
    }

    static String describe(int errno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static long call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            while (true) {
                long result = call.invoke(state);
                if (result >= 0) {
                    return result;
                }
                int errno = (int) ERRNO.get(state, 0L);
                if (errno != ErrnoException.EINTR) {
                    return -errno;
                }
            }
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static RuntimeException impossible(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException r ? r : new IllegalStateException("a system call threw", e);
    }
}
