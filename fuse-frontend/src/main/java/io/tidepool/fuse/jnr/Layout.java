package io.tidepool.fuse.jnr;

/**
 * Where the fields of libfuse2's structs lie (fuse_common.h and fuse_lowlevel.h of 2.9.9, 64-bit Linux), in bytes. They were
 * checked with a C program that prints offsetof; a test holds those of struct stat and statvfs, which come from jnr-fuse.
 *
 * <pre>
 * fuse_file_info  | flags 0 | - | fh_old 8 | writepage 16 | bits 20 | fh 24 | lock_owner 32 |      40 bytes
 * fuse_buf        | size 0 | flags 8 | mem 16 | fd 24 | pos 32 |                                   40 bytes
 * fuse_entry_param| ino 0 | generation 8 | struct stat 16 | attr_timeout | entry_timeout |  16 + stat + 16
 * fuse_args       | argc 0 | - | argv 8 | allocated 16 | - |                                       24 bytes
 * fuse_conn_info  | ... | max_background 28 | congestion_threshold 32 | ...
 * fuse_forget_data| ino 0 | nlookup 8 |                                                            16 bytes
 * fuse_dirent     | ino 0 | off 8 | namelen 16 | type 20 | name 24 ... padded to 8 |
 * </pre>
 */
final class Layout {
    static final int FILE_INFO_BYTES = 40;
    static final int FILE_INFO_FLAGS = 0;
    static final int FILE_INFO_BITS = 20;
    static final int FILE_INFO_HANDLE = 24;
    /** In the bits of fuse_file_info: direct_io is bit 0, keep_cache bit 1. */
    static final int KEEP_CACHE = 1 << 1;

    static final int BUF_BYTES = 40;
    static final int BUF_SIZE = 0;
    static final int BUF_MEMORY = 16;

    static final int ENTRY_INO = 0;
    static final int ENTRY_GENERATION = 8;
    static final int ENTRY_STAT = 16;

    static final int ARGS_BYTES = 24;
    static final int ARGS_COUNT = 0;
    static final int ARGS_VALUES = 8;

    static final int CONNECTION_MAX_BACKGROUND = 28;
    static final int CONNECTION_CONGESTION = 32;

    static final int FORGET_BYTES = 16;
    static final int FORGET_LOOKUPS = 8;

    static final int DIRENT_OFFSET = 8;
    static final int DIRENT_NAME_BYTES = 16;
    static final int DIRENT_TYPE = 20;
    static final int DIRENT_NAME = 24;

    private Layout() {}
}
