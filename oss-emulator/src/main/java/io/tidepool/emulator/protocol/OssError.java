package io.tidepool.emulator.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reply that is an error, as OSS words it. An exception without a stack trace: the client's fault is no event here.
 */
public final class OssError extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final transient Map<String, String> details;
    private final transient Map<String, String> headers;

    private OssError(
            int status, String code, String message, Map<String, String> details, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = details;
        this.headers = headers;
    }

    public static OssError of(int status, String code, String message) {
        return new OssError(status, code, message, Map.of(), Map.of());
    }

    public static OssError invalidArgument(String message) {
        return of(400, "InvalidArgument", message);
    }

    public static OssError accessDenied(String message) {
        return of(403, "AccessDenied", message);
    }

    /** The same error with one more element in its XML. */
    public OssError with(String element, String value) {
        Map<String, String> more = new LinkedHashMap<>(details);
        more.put(element, value);
        return new OssError(status, code, text(), more, headers);
    }

    /** The same error with one more header. */
    public OssError withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new OssError(status, code, text(), details, more);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    public Map<String, String> headers() {
        return headers;
    }

    /** More XML elements, in order. */
    public Map<String, String> details() {
        return details;
    }
}
