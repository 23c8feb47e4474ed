package io.tidepool.fuse;

/**
 * The answer to an open.
 *
 * @param handle the file system's own number for this open file, given back with each read and with release
 * @param keepCache whether pages that the kernel has of this inode are still its bytes. True whenever an inode is one
 *     immutable object version
 */
public record Opened(long handle, boolean keepCache) {}
