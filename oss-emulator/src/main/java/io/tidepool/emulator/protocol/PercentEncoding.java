package io.tidepool.emulator.protocol;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** RFC 3986 encoding of UTF-8: only letters, digits and {@code -._~} stay. */
public final class PercentEncoding {

    private PercentEncoding() {}

    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** As {@link #encode}, leaving the slashes. */
    public static String encodePath(String path) {
        return encode(path).replace("%2F", "/");
    }

    /** The reverse; a plus stays a plus. */
    public static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw OssError.invalidArgument("Not percent-encoded: " + text);
        }
    }
}
