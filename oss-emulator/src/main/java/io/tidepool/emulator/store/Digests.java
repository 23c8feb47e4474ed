package io.tidepool.emulator.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** MD5 in the shape that OSS gives an ETag. */
final class Digests {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Digests() {}

    static String md5Hex(byte[] bytes) {
        return hex(md5().digest(bytes));
    }

    static String hex(byte[] digest) {
        return HEX.formatHex(digest);
    }

    static String md5Hex(String text) {
        return md5Hex(text.getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
