package io.tidepool.emulator.protocol;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;

/**
 * A request as OSS sees it, whether the bucket came in the path or in the host name.
 *
 * @param method upper case
 * @param bucket empty for the service itself
 * @param key decoded; empty for the bucket itself
 * @param parameters decoded query parameters; a parameter without a value has an empty one
 */
public record OssRequest(
        String method, String bucket, String key, Map<String, String> parameters, HttpHeaders headers) {

    /** The header's value, or an empty string. */
    public String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value.trim();
    }

    /** The parameter's value, or an empty string. */
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    public boolean has(String parameter) {
        return parameters.containsKey(parameter);
    }

    /** {@code /bucket/key}, {@code /bucket/} or {@code /}: what is signed, not encoded. */
    public String resource() {
        return bucket.isEmpty() ? "/" : "/" + bucket + "/" + key;
    }

    /** Whether it claims to be signed, in a header or in the query. */
    public boolean isSigned() {
        return headers.contains("authorization") || has("x-oss-signature") || has("Signature");
    }
}
