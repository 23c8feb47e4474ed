package io.tidepool.agent.origin;

import com.aliyun.oss.common.comm.ResponseMessage;
import io.tidepool.agent.chunk.ObjectVersion;
import org.apache.http.Header;
import org.apache.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the answer to a ranged GET is what was asked for, before a byte of it is used: an OSS that doubts a range
 * sends the whole object with 200, and proxies do worse.
 */
final class RangeAnswer {
    private RangeAnswer() {}

    /**
     * What is wrong with the head of {@code answer}; null if nothing.
     *
     * @param firstByte offset in the object
     */
    static @Nullable String fault(ResponseMessage answer, ObjectVersion version, long firstByte, int length) {
        if (answer.getStatusCode() != 206) {
            return "status " + answer.getStatusCode() + " instead of 206";
        }
        HttpResponse response = answer.getHttpResponse();
        String range = "bytes " + firstByte + "-" + (firstByte + length - 1) + "/" + version.sizeBytes();
        String fault = mismatch(response, "Content-Range", range);
        if (fault == null) {
            fault = mismatch(response, "Content-Length", Integer.toString(length));
        }
        return fault == null ? etagMismatch(response, version.etag()) : fault;
    }

    private static @Nullable String mismatch(HttpResponse response, String name, String expected) {
        String value = only(response, name);
        return expected.equals(value) ? null : name + " is " + shown(value) + ", not " + expected;
    }

    private static @Nullable String etagMismatch(HttpResponse response, String expected) {
        String value = only(response, "ETag");
        return value != null && expected.equals(unquoted(value))
                ? null
                : "ETag is " + shown(value) + ", not " + expected;
    }

    /** The one value of a header; null if it is missing or said twice. */
    private static @Nullable String only(HttpResponse response, String name) {
        Header[] headers = response.getHeaders(name);
        return headers.length == 1 ? headers[0].getValue() : null;
    }

    static String unquoted(String etag) {
        boolean quoted = etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"");
        return quoted ? etag.substring(1, etag.length() - 1) : etag;
    }

    private static String shown(@Nullable String value) {
        return value == null ? "missing" : Printable.text(value);
    }
}
