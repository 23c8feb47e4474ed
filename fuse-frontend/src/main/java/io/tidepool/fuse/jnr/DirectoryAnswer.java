package io.tidepool.fuse.jnr;

import io.tidepool.fuse.DirectorySink;
import io.tidepool.fuse.FileKind;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The entries that one readdir request gets, in the kernel's form (struct fuse_dirent), in a buffer of the size asked for.
 * Not thread-safe.
 *
 * <p>"." and ".." come first and take the kernel's offsets 1 and 2; a file system's cookie {@code c} is the kernel's offset
 * {@code c + 2}.
 */
final class DirectoryAnswer implements DirectorySink {
    private static final int DOTS = 2;
    private static final int MAX_NAME_BYTES = 255;
    /** d_ino of an entry whose inode is not known before its lookup; 0 would hide the entry. */
    private static final long UNKNOWN_INO = 0xFFFF_FFFFL;

    private final ByteBuffer buffer;

    /** An empty answer that fills this memory. */
    DirectoryAnswer(MemorySegment memory) {
        this.buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Puts the dots if they are due.
     *
     * @param offset the kernel's offset in the directory
     * @return the file system's cookie to go on from, or -1 when the answer is full already
     */
    long begin(long ino, long offset) {
        boolean fits = (offset > 0 || put(".", ino, FileKind.DIRECTORY, 1))
                && (offset > 1 || put("..", UNKNOWN_INO, FileKind.DIRECTORY, DOTS));
        return fits ? Math.max(0, offset - DOTS) : -1;
    }

    @Override
    public boolean add(String name, long ino, FileKind kind, long nextCookie) {
        if (nextCookie <= 0) {
            throw new IllegalArgumentException("cookie " + nextCookie + " of " + name);
        }
        return put(name, ino == 0 ? UNKNOWN_INO : ino, kind, nextCookie + DOTS);
    }

    private boolean put(String name, long ino, FileKind kind, long nextOffset) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES || name.indexOf('/') >= 0) {
            // The kernel would answer EIO to the whole listing.
            throw new IllegalArgumentException("not a file name: " + name);
        }
        int start = buffer.position();
        int end = start + Math.ceilDiv(Layout.DIRENT_NAME + bytes.length, 8) * 8;
        if (end > buffer.limit()) {
            return false;
        }
        buffer.putLong(start, ino);
        buffer.putLong(start + Layout.DIRENT_OFFSET, nextOffset);
        buffer.putInt(start + Layout.DIRENT_NAME_BYTES, bytes.length);
        buffer.putInt(start + Layout.DIRENT_TYPE, kind.modeBits() >> 12);
        buffer.put(start + Layout.DIRENT_NAME, bytes);
        buffer.position(end);
        return true;
    }

    /** The bytes of the answer so far. */
    int bytes() {
        return buffer.position();
    }
}
