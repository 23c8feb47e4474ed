package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.StoredObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The If-Match family of headers. */
public final class Conditions {

    private Conditions() {}

    /**
     * Whether the object is to be sent; false means 304.
     *
     * @param prefix of the headers' names: empty, or {@code x-oss-copy-source-}
     * @throws OssError 412 if a precondition does not hold
     */
    public static boolean permit(OssRequest request, String prefix, StoredObject object) {
        String ifMatch = request.header(prefix + "if-match");
        if (!ifMatch.isEmpty() && !matches(ifMatch, object.etag())) {
            throw preconditionFailed("If-Match");
        }
        Instant unmodifiedSince = date(request.header(prefix + "if-unmodified-since"));
        if (unmodifiedSince != null && object.lastModified().isAfter(unmodifiedSince)) {
            throw preconditionFailed("If-Unmodified-Since");
        }
        String ifNoneMatch = request.header(prefix + "if-none-match");
        if (!ifNoneMatch.isEmpty() && matches(ifNoneMatch, object.etag())) {
            return false;
        }
        Instant modifiedSince = date(request.header(prefix + "if-modified-since"));
        return modifiedSince == null || object.lastModified().isAfter(modifiedSince);
    }

    private static boolean matches(String header, String etag) {
        for (String candidate : header.split(",", -1)) {
            String bare = candidate.trim().replace("\"", "");
            if (bare.equals("*") || bare.equals(etag)) {
                return true;
            }
        }
        return false;
    }

    private static OssError preconditionFailed(String condition) {
        return OssError.of(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
                .with("Condition", condition);
    }

    /** Null for no date, and for one that cannot be read: RFC 9110 says to ignore it. */
    private static @Nullable Instant date(String header) {
        if (header.isEmpty()) {
            return null;
        }
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
