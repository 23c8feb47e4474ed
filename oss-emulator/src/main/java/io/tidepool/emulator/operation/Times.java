package io.tidepool.emulator.operation;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as OSS writes them. */
public final class Times {

    private static final DateTimeFormatter HTTP = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    /** In a header. */
    public static String http(Instant time) {
        return HTTP.format(time);
    }

    /** In XML. */
    static String iso(Instant time) {
        return ISO.format(time);
    }
}
