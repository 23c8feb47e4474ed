/**
 * The chunks on the local disk: one sparse cache file per object version, and a RocksDB index that says which chunks of
 * it exist. RocksDB and system calls stay in here.
 *
 * <p>{@link io.tidepool.agent.disk.DiskTier} is the way in. A byte's way: {@code DiskTier.store} writes it into a
 * {@code CacheFile}, then names its chunk in the {@code ChunkIndex}; {@code DiskTier.region} hands out a
 * {@code CachedRegion} that reads it back.
 */
@NullMarked
package io.tidepool.agent.disk;

import org.jspecify.annotations.NullMarked;
