package io.tidepool.fuse;

/**
 * What {@code statfs} ("df") says.
 *
 * @param blockBytes the unit of the counts, such as 4096
 * @param blocks the size of the file system
 * @param freeBlocks the part not in use
 * @param files how many inodes there are; 0 when that is not known
 * @param maxNameBytes the longest name
 */
public record FileSystemStats(long blockBytes, long blocks, long freeBlocks, long files, int maxNameBytes) {}
