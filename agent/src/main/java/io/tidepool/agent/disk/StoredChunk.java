package io.tidepool.agent.disk;

import java.util.OptionalLong;

/**
 * The checksums of one chunk in the cache.
 *
 * @param index of the chunk in its object
 * @param blockCrc32c one for each block; the caller's own
 * @param crc64 CRC64-ECMA of the chunk, if whoever stored it knew it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StoredChunk(int index, int[] blockCrc32c, OptionalLong crc64) {}
