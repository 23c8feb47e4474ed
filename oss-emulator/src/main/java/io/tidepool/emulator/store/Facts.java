package io.tidepool.emulator.store;

import java.time.Instant;

/**
 * What is told of an object version beside its bytes.
 *
 * @param size in bytes
 * @param etag 32 upper-case hex digits, without the quotes; behind them {@code -} and the number of parts after a
 *     multipart upload, {@code -1} for a big file
 * @param lastModified whole seconds
 * @param offersCrc64 whether replies carry {@code x-oss-hash-crc64ecma}; real OSS may leave it out too
 */
public record Facts(
        String key, long size, String etag, Instant lastModified, boolean offersCrc64, Attributes attributes) {
    Facts with(Attributes other) {
        return new Facts(key, size, etag, lastModified, offersCrc64, other);
    }
}
