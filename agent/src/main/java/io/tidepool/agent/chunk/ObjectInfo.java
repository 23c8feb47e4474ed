package io.tidepool.agent.chunk;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * What the origin's HEAD tells of an object.
 *
 * @param crc64 the whole object's CRC64-ECMA, which OSS may leave out (after a copy, say)
 */
public record ObjectInfo(ObjectVersion version, Instant lastModified, OptionalLong crc64) {}
