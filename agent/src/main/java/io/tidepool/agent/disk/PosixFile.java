package io.tidepool.agent.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An open file: positioned reads and writes that no interrupt can close, and hole punching.
 *
 * <p>Thread-safe but for {@link #close}: its owner counts users and closes it after the last one, for the number of a
 * closed descriptor may soon name another file.
 */
final class PosixFile implements AutoCloseable {
    /** Heap buffers go through one of these; a reader's request is rarely larger. */
    private static final int SCRATCH_BYTES = 256 << 10;

    private static final int MAX_IDLE_SCRATCH = 16;
    private static final ConcurrentLinkedQueue<ByteBuffer> SCRATCH = new ConcurrentLinkedQueue<>();

    private final Path path;
    private final int fd;

    private PosixFile(Path path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Opens for reading and writing; {@code create}: makes the file, for its owner only, if there is none. */
    static PosixFile open(Path path, boolean create) throws ErrnoException {
        return open(path, LibC.O_RDWR | LibC.O_CLOEXEC | (create ? LibC.O_CREAT : 0));
    }

    static PosixFile openDirectory(Path path) throws ErrnoException {
        return open(path, LibC.O_RDONLY | LibC.O_CLOEXEC);
    }

    private static PosixFile open(Path path, int flags) throws ErrnoException {
        int fd = LibC.open(path.toString(), flags, 0600);
        if (fd < 0) {
            throw failure("open", path, -fd);
        }
        return new PosixFile(path, fd);
    }

    int fd() {
        return fd;
    }

    /**
     * Reads into the remaining room of {@code dst}, direct or heap, until it is full or the file ends.
     *
     * @return bytes read
     */
    int read(ByteBuffer dst, long position) throws ErrnoException {
        if (dst.isDirect()) {
            int count = (int) readSegment(MemorySegment.ofBuffer(dst), position);
            dst.position(dst.position() + count);
            return count;
        }
        ByteBuffer scratch = SCRATCH.poll();
        if (scratch == null) {
            scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
        }
        try {
            return readThrough(scratch, dst, position);
        } finally {
            if (SCRATCH.size() < MAX_IDLE_SCRATCH) {
                SCRATCH.add(scratch);
            }
        }
    }

    private int readThrough(ByteBuffer scratch, ByteBuffer dst, long position) throws ErrnoException {
        int done = 0;
        while (dst.hasRemaining()) {
            scratch.clear().limit(Math.min(scratch.capacity(), dst.remaining()));
            int wanted = scratch.remaining();
            int count = (int) readSegment(MemorySegment.ofBuffer(scratch), position + done);
            dst.put(scratch.position(0).limit(count));
            done += count;
            if (count < wanted) {
                break;
            }
        }
        return done;
    }

    private long readSegment(MemorySegment into, long position) throws ErrnoException {
        long done = 0;
        while (done < into.byteSize()) {
            long count = LibC.pread(fd, into.asSlice(done), position + done);
            if (count < 0) {
                throw failure("read", path, (int) -count);
            }
            if (count == 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    /** Writes all that remains of {@code src}, which must be direct; its position stays. */
    void write(ByteBuffer src, long position) throws ErrnoException {
        MemorySegment from = MemorySegment.ofBuffer(src);
        long done = 0;
        while (done < from.byteSize()) {
            long count = LibC.pwrite(fd, from.asSlice(done), position + done);
            if (count < 0) {
                throw failure("write", path, (int) -count);
            }
            done += count;
        }
    }

    /** Where the file ends, in bytes. Nobody uses the descriptor's own position. */
    long size() throws ErrnoException {
        long end = LibC.lseek(fd, 0, LibC.SEEK_END);
        if (end < 0) {
            throw failure("seek in", path, (int) -end);
        }
        return end;
    }

    /** Gives the range's disk space back; it then reads as zeros, or as the end of the file. */
    void punchHole(long position, long length) throws ErrnoException {
        int result = LibC.fallocate(fd, LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, position, length);
        if (result < 0) {
            throw failure("punch a hole into", path, -result);
        }
    }

    /** Waits until this file, or this directory's list of names, is on its device. */
    void sync() throws ErrnoException {
        int result = LibC.fsync(fd);
        if (result < 0) {
            throw failure("sync", path, -result);
        }
    }

    /** Waits until everything of the file's file system is on its device; fails if some of it never will be. */
    void syncFileSystem() throws ErrnoException {
        int result = LibC.syncfs(fd);
        if (result < 0) {
            throw failure("sync the file system of", path, -result);
        }
    }

    /** Takes the exclusive advisory lock that lasts until close or the process's death; false if another has it. */
    boolean tryLock() throws IOException {
        int result = LibC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB);
        if (result == -ErrnoException.EAGAIN) {
            return false;
        }
        if (result < 0) {
            throw failure("lock", path, -result);
        }
        return true;
    }

    @Override
    public void close() {
        LibC.close(fd);
    }

    private static ErrnoException failure(String call, Path path, int errno) {
        return new ErrnoException(call, path.toString(), errno, LibC.describe(errno));
    }
}
