package io.tidepool.fuse;

/** What an inode is. There are no symbolic links, devices or sockets in a bucket. */
public enum FileKind {
    FILE(0x8000),
    DIRECTORY(0x4000);

    private final int modeBits;

    FileKind(int modeBits) {
        this.modeBits = modeBits;
    }

    /** The file type bits (S_IFMT) of {@code st_mode}. */
    public int modeBits() {
        return modeBits;
    }
}
