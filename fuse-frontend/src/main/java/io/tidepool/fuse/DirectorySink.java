package io.tidepool.fuse;

/** Where {@link FileSystem#readdir} puts a directory's entries. Valid during that call only; not thread-safe. */
@FunctionalInterface
public interface DirectorySink {
    /**
     * Adds one entry, if it still fits.
     *
     * @param name the name; 1 to 255 bytes of UTF-8, neither "." nor ".." (the binding adds those)
     * @param ino a number for {@code d_ino}; 0 when the entry has no inode yet
     * @param kind file or directory
     * @param nextCookie greater than 0: what readdir gets to go on behind this entry
     * @return false when the entry did not fit and was not taken: the answer is full, return from readdir
     */
    boolean add(String name, long ino, FileKind kind, long nextCookie);
}
