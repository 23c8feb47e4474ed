package io.tidepool.fuse.jnr;

import io.tidepool.fuse.Attributes;
import io.tidepool.fuse.Entry;
import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FileSystemStats;
import io.tidepool.fuse.Opened;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/**
 * The answer to one request, given exactly once: libfuse frees the request with it, so that a second one would be a use
 * after free. Any thread may give it, one at a time. Each method returns whether the kernel took the answer; it doesn't when
 * the request was aborted, and what the answer granted (a lookup, an open handle) must then be taken back.
 */
final class Reply {
    private static final Runtime RUNTIME = Runtime.getSystemRuntime();
    private static final int STAT_BYTES = Struct.size(new FileStat(RUNTIME));
    private static final int STATVFS_BYTES = Struct.size(new Statvfs(RUNTIME));
    /** The unit of st_blocks, whatever the file system. */
    private static final int STAT_BLOCK_BYTES = 512;
    /** st_blksize: how much readers like cp should ask for at once. */
    private static final int PREFERRED_READ_BYTES = 1 << 20;

    private final LibFuse lib;
    private final long request;
    private boolean given;

    Reply(LibFuse lib, long request) {
        this.lib = lib;
        this.request = request;
    }

    /** Whether the answer was given, so that an error that comes later can only be logged. */
    boolean isGiven() {
        return given;
    }

    boolean error(Errno errno) {
        give();
        return lib.fuse_reply_err(request, errno.number()) == 0;
    }

    /** "Done", for requests that want no more than that. */
    boolean done() {
        give();
        return lib.fuse_reply_err(request, 0) == 0;
    }

    /** The end of a request that the kernel doesn't wait for. */
    void none() {
        give();
        lib.fuse_reply_none(request);
    }

    boolean bytes(long address, long bytes) {
        give();
        return lib.fuse_reply_buf(request, address, bytes) == 0;
    }

    boolean entry(Entry entry) {
        Attributes attributes = entry.attributes();
        try (Arena arena = Arena.ofConfined()) {
            long param = arena.allocate(Layout.ENTRY_STAT + STAT_BYTES + 16L, 8).address();
            Memory.putLong(param + Layout.ENTRY_INO, entry.ino());
            // Inode numbers are never used again, so the generation says nothing; but 0 is not allowed.
            Memory.putLong(param + Layout.ENTRY_GENERATION, 1);
            if (attributes != null) {
                put(param + Layout.ENTRY_STAT, entry.ino(), attributes);
                putSeconds(param + Layout.ENTRY_STAT + STAT_BYTES, attributes.validFor());
            }
            putSeconds(param + Layout.ENTRY_STAT + STAT_BYTES + 8, entry.nameValidFor());
            give();
            return lib.fuse_reply_entry(request, param) == 0;
        }
    }

    boolean attributes(long ino, Attributes attributes) {
        try (Arena arena = Arena.ofConfined()) {
            long stat = arena.allocate(STAT_BYTES, 8).address();
            put(stat, ino, attributes);
            give();
            return lib.fuse_reply_attr(request, stat, seconds(attributes.validFor())) == 0;
        }
    }

    boolean opened(Opened opened) {
        try (Arena arena = Arena.ofConfined()) {
            long info = arena.allocate(Layout.FILE_INFO_BYTES, 8).address();
            Memory.putInt(info + Layout.FILE_INFO_BITS, opened.keepCache() ? Layout.KEEP_CACHE : 0);
            Memory.putLong(info + Layout.FILE_INFO_HANDLE, opened.handle());
            give();
            return lib.fuse_reply_open(request, info) == 0;
        }
    }

    boolean stats(FileSystemStats stats) {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(STATVFS_BYTES, 8).address();
            Statvfs statvfs = Statvfs.of(Pointer.wrap(RUNTIME, address));
            statvfs.f_bsize.set(stats.blockBytes());
            statvfs.f_frsize.set(stats.blockBytes());
            statvfs.f_blocks.set(stats.blocks());
            statvfs.f_bfree.set(stats.freeBlocks());
            statvfs.f_bavail.set(stats.freeBlocks());
            statvfs.f_files.set(stats.files());
            statvfs.f_namemax.set(stats.maxNameBytes());
            give();
            return lib.fuse_reply_statfs(request, address) == 0;
        }
    }

    /** The answer to an extended attribute request with a buffer of {@code room} bytes; 0 asks for the size needed. */
    boolean attributeBytes(byte[] value, long room) {
        if (room == 0) {
            give();
            return lib.fuse_reply_xattr(request, value.length) == 0;
        }
        if (value.length > room) {
            return error(Errno.ERANGE);
        }
        try (Arena arena = Arena.ofConfined()) {
            return bytes(arena.allocateFrom(ValueLayout.JAVA_BYTE, value).address(), value.length);
        }
    }

    private void give() {
        if (given) {
            throw new IllegalStateException("request answered twice");
        }
        given = true;
    }

    private static void put(long address, long ino, Attributes attributes) {
        FileStat stat = FileStat.of(Pointer.wrap(RUNTIME, address));
        stat.st_ino.set(ino);
        stat.st_mode.set(attributes.kind().modeBits() | attributes.permissions());
        stat.st_nlink.set(attributes.links());
        stat.st_uid.set(attributes.uid());
        stat.st_gid.set(attributes.gid());
        stat.st_size.set(attributes.sizeBytes());
        stat.st_blksize.set(PREFERRED_READ_BYTES);
        stat.st_blocks.set(Math.ceilDiv(attributes.sizeBytes(), STAT_BLOCK_BYTES));
        Instant modified = attributes.modified();
        long seconds = modified.getEpochSecond();
        int nanos = modified.getNano();
        for (Timespec time : new Timespec[] {stat.st_atim, stat.st_mtim, stat.st_ctim}) {
            time.tv_sec.set(seconds);
            time.tv_nsec.set(nanos);
        }
    }

    private static void putSeconds(long address, Duration duration) {
        Memory.putLong(address, Double.doubleToRawLongBits(seconds(duration)));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
