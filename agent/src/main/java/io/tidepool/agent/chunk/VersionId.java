package io.tidepool.agent.chunk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The 128-bit name of an object version: the first half of a SHA-256 over its fields.
 *
 * <p>It names cache files and index rows, so that a key never becomes a path. Immutable.
 */
public record VersionId(long high, long low) {
    public static final int BYTES = 16;

    static VersionId of(String origin, String key, String etag, long sizeBytes) {
        MessageDigest sha256 = sha256();
        for (String field : new String[] {origin, key, etag}) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            // The length goes first, so that no two lists of fields give the same input.
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha256.update(bytes);
        }
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(sizeBytes).flip());
        return read(ByteBuffer.wrap(sha256.digest()));
    }

    /** Reads {@link #BYTES} bytes from {@code from}. */
    public static VersionId read(ByteBuffer from) {
        return new VersionId(from.getLong(), from.getLong());
    }

    /**
     * Reads what {@link #hex} writes.
     *
     * @throws IllegalArgumentException if it isn't 32 hex digits
     */
    public static VersionId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("not an id of " + 2 * BYTES + " hex digits: " + hex);
        }
        return new VersionId(HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
    }

    /** Writes {@link #BYTES} bytes into {@code into}. */
    public void write(ByteBuffer into) {
        into.putLong(high).putLong(low);
    }

    /** 32 lower-case hex digits. */
    public String hex() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    @Override
    public String toString() {
        return hex();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
