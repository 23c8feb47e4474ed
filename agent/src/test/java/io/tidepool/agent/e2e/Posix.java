package io.tidepool.agent.e2e;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The system calls of a reader, with their errno, and with names as bytes: the JDK hides the first, and can't express some
 * of the second in the C locale. For Linux on x86-64. Thread-safe.
 *
 * <p>A thread in one of these calls doesn't hold up the garbage collector, so they may be used on a mount whose agent runs in
 * this very process. Touching mapped pages of one may not: see {@link ReaderMain}.
 */
final class Posix {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0x40;
    private static final int O_CLOEXEC = 0x80000;

    private static final int STAT_BYTES = 144;
    private static final int STAT_INO = 8;
    private static final int STAT_MODE = 24;
    private static final int STAT_SIZE = 48;
    private static final int DIRENT_RECLEN = 16;
    private static final int DIRENT_NAME = 19;
    private static final int STATFS_BYTES = 120;
    private static final int LIST_BYTES = 32 << 10;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            link("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = link("close", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle PREAD =
            link("pread", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle STAT = link("stat", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle FSTAT = link("fstat", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle STATFS = link("statfs", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETDENTS =
            link("getdents64", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MKDIR = link("mkdir", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle UNLINK = link("unlink", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle RENAME = link("rename", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle MMAP = link(
            "mmap", -1, FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle UMOUNT2 = link("umount2", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    /** What a test looks at of struct stat. */
    record Stat(long ino, int mode, long size) {
        boolean isDirectory() {
            return (mode & 0170000) == 0040000;
        }
    }

    /** Some call on a path, for {@link #errnoOf}. */
    interface Call {
        void run() throws ErrnoException;
    }

    private Posix() {}

    /** The errno that a call fails with; 0 if it doesn't. */
    static int errnoOf(Call call) {
        try {
            call.run();
            return 0;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    static int open(Path path) throws ErrnoException {
        return open(bytes(path), O_RDONLY);
    }

    static int open(byte[] path, int flags) throws ErrnoException {
        return (int) call(
                "open", path, (state, name, arena) -> (int) OPEN.invokeExact(state, name, flags | O_CLOEXEC, 0644));
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable e) {
            throw new IllegalStateException("close", e);
        }
    }

    /** Reads what fits into {@code into} (direct), with one call; its position moves by the result. */
    static int pread(int fd, ByteBuffer into, long offset) throws ErrnoException {
        MemorySegment target = MemorySegment.ofBuffer(into);
        int count = (int) call("pread", null, (state, none, arena) ->
                (long) PREAD.invokeExact(state, fd, target, (long) into.remaining(), offset));
        into.position(into.position() + count);
        return count;
    }

    /** Maps the first {@code size} bytes to be read; {@link #unmap} ends it. A page that can't be had is an InternalError. */
    @SuppressWarnings("restricted") // mmap gives the address of so many bytes
    static MemorySegment map(int fd, long size) throws ErrnoException {
        int protRead = 1;
        int mapPrivate = 2;
        long address = call(
                "mmap",
                null,
                (state, none, arena) -> ((MemorySegment)
                                MMAP.invokeExact(state, MemorySegment.NULL, size, protRead, mapPrivate, fd, 0L))
                        .address());
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    static void unmap(MemorySegment mapped) {
        int _ = errnoOf(() -> call(
                "munmap", null, (state, none, arena) -> (int) MUNMAP.invokeExact(state, mapped, mapped.byteSize())));
    }

    static Stat stat(Path path) throws ErrnoException {
        return stat(bytes(path));
    }

    static Stat stat(byte[] path) throws ErrnoException {
        try (Arena outer = Arena.ofConfined()) {
            MemorySegment stat = outer.allocate(STAT_BYTES, 8);
            call("stat", path, (state, name, arena) -> (int) STAT.invokeExact(state, name, stat));
            return parse(stat);
        }
    }

    static Stat fstat(int fd) throws ErrnoException {
        try (Arena outer = Arena.ofConfined()) {
            MemorySegment stat = outer.allocate(STAT_BYTES, 8);
            call("fstat", null, (state, none, arena) -> (int) FSTAT.invokeExact(state, fd, stat));
            return parse(stat);
        }
    }

    static void statfs(Path path) throws ErrnoException {
        call("statfs", bytes(path), (state, name, arena) ->
                (int) STATFS.invokeExact(state, name, arena.allocate(STATFS_BYTES, 8)));
    }

    /** The names in a directory, without {@code .} and {@code ..}, as the kernel hands them out. */
    static List<String> list(Path path) throws ErrnoException {
        return list(bytes(path));
    }

    static List<String> list(byte[] path) throws ErrnoException {
        return list(path, LIST_BYTES);
    }

    /** @param bufferBytes how much is asked for at a time: a small buffer makes the kernel ask for the same place again */
    static List<String> list(byte[] path, int bufferBytes) throws ErrnoException {
        int fd = open(path, O_RDONLY);
        try (Arena outer = Arena.ofConfined()) {
            MemorySegment entries = outer.allocate(bufferBytes, 8);
            List<String> names = new ArrayList<>();
            long filled;
            while ((filled = call("getdents64", null, (state, none, arena) ->
                            (long) GETDENTS.invokeExact(state, fd, entries, (long) bufferBytes)))
                    > 0) {
                for (long at = 0; at < filled; at += entries.get(JAVA_SHORT, at + DIRENT_RECLEN)) {
                    names.add(entries.getString(at + DIRENT_NAME));
                }
            }
            names.removeAll(List.of(".", ".."));
            return names;
        } finally {
            close(fd);
        }
    }

    static void mkdir(Path path) throws ErrnoException {
        call("mkdir", bytes(path), (state, name, arena) -> (int) MKDIR.invokeExact(state, name, 0755));
    }

    static void unlink(Path path) throws ErrnoException {
        call("unlink", bytes(path), (state, name, arena) -> (int) UNLINK.invokeExact(state, name));
    }

    static void rename(Path from, Path to) throws ErrnoException {
        call("rename", bytes(from), (state, name, arena) ->
                (int) RENAME.invokeExact(state, name, arena.allocateFrom(to.toString())));
    }

    /** Takes a mount out of the tree and cuts its connection, so that whoever waits for it fails. */
    static void cutOff(Path mountPoint) {
        int forceAndDetach = 3;
        int _ = errnoOf(() -> call("umount2", bytes(mountPoint), (state, name, arena) ->
                (int) UMOUNT2.invokeExact(state, name, forceAndDetach)));
    }

    static byte[] bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    private interface Native {
        long call(MemorySegment state, MemorySegment path, Arena arena) throws Throwable;
    }

    private static long call(String what, byte[] path, Native function) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment name = MemorySegment.NULL;
            if (path != null) {
                name = arena.allocate(path.length + 1L);
                MemorySegment.copy(path, 0, name, JAVA_BYTE, 0, path.length);
            }
            long result = function.call(state, name, arena);
            if (result == -1) {
                String shown = path == null ? "" : " " + new String(path, StandardCharsets.UTF_8);
                throw new ErrnoException(what + shown, (int) ERRNO.get(state, 0L));
            }
            return result;
        } catch (ErrnoException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(what, e);
        }
    }

    private static Stat parse(MemorySegment stat) {
        return new Stat(stat.get(JAVA_LONG, STAT_INO), stat.get(JAVA_INT, STAT_MODE), stat.get(JAVA_LONG, STAT_SIZE));
    }

    @SuppressWarnings("restricted") // calling libc is this class's whole purpose
    private static MethodHandle link(String name, int firstVariadic, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState("errno");
        MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
        return firstVariadic < 0
                ? linker.downcallHandle(symbol, descriptor, errno)
                : linker.downcallHandle(symbol, descriptor, errno, Linker.Option.firstVariadicArg(firstVariadic));
    }
}
