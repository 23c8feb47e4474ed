package io.tidepool.emulator.store;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What a synthetic object shall be.
 *
 * @param size in bytes
 * @param version chooses the bytes, see {@link io.tidepool.emulator.SyntheticBytes}; a new version is a new ETag
 * @param prefix the object's first bytes, for example a safetensors header; read-only, may be empty. Bytes after it are
 *     synthetic by their offset in the object
 * @param crc64 whether replies carry the CRC64
 */
public record SyntheticSpec(String key, long size, long version, ByteBuffer prefix, Crc64Policy crc64) {

    public SyntheticSpec {
        Objects.requireNonNull(key);
        prefix = prefix.slice().asReadOnlyBuffer();
        if (size < prefix.remaining()) {
            throw new IllegalArgumentException(
                    "size " + size + " of " + key + " is negative or less than its prefix of " + prefix.remaining());
        }
        if (version < 0) {
            throw new IllegalArgumentException("version " + version + " of " + key + " is negative");
        }
    }

    /** Version 1, no prefix, CRC64 unless huge. */
    public static SyntheticSpec of(String key, long size) {
        return new SyntheticSpec(key, size, 1, ByteBuffer.allocate(0), Crc64Policy.UNLESS_HUGE);
    }

    public SyntheticSpec withVersion(long newVersion) {
        return new SyntheticSpec(key, size, newVersion, prefix, crc64);
    }

    /** The bytes are copied. */
    public SyntheticSpec withPrefix(byte[] bytes) {
        return new SyntheticSpec(key, size, version, ByteBuffer.wrap(bytes.clone()), crc64);
    }

    public SyntheticSpec withCrc64(Crc64Policy policy) {
        return new SyntheticSpec(key, size, version, prefix, policy);
    }
}
