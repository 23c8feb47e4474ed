package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads of a file through the mount, none of which may be short: programs take a short read for the file's end, as does the
 * kernel a short answer of the agent.
 */
final class MountedFile {
    private static final int PIECE_BYTES = 1 << 20;

    /** What to do with the bytes of a place. */
    interface Piece {
        void read(long offset, ByteBuffer bytes);
    }

    private MountedFile() {}

    /** Opens and reads a whole synthetic object of version 1 and compares it: 0, or the errno. */
    static int errno(Path file, String key, long size) {
        return Posix.errnoOf(() -> read(
                file,
                0,
                size,
                (at, bytes) ->
                        assertThat(SyntheticBytes.check(key, 1, at, bytes)).isEmpty()));
    }

    /** Opens the file and reads from {@code from} to {@code until}, in order. */
    static void read(Path file, long from, long until, Piece piece) throws ErrnoException {
        int fd = Posix.open(file);
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);
            for (long at = from; at < until; at += buffer.limit()) {
                fill(fd, buffer.clear().limit((int) Math.min(PIECE_BYTES, until - at)), at);
                piece.read(at, buffer.flip());
            }
        } finally {
            Posix.close(fd);
        }
    }

    /** Reads as much as {@code into} has room for, which the file must have there, with one call. */
    static void fill(int fd, ByteBuffer into, long offset) throws ErrnoException {
        int wanted = into.remaining();
        int count = Posix.pread(fd, into, offset);
        if (count < wanted) {
            // A read that fails in its middle is short; the errno comes with the next one.
            int more = Posix.pread(fd, into, offset + count);
            throw new AssertionError("short: " + count + " of " + wanted + " bytes at " + offset + ", then " + more
                    + ", of a file of " + Posix.fstat(fd).size());
        }
    }
}
