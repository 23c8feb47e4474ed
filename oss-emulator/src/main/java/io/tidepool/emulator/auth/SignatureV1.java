package io.tidepool.emulator.auth;

import com.aliyun.oss.internal.SignParameters;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The old signature: HMAC-SHA1 over method, a few headers and the resource; still what the SDK sends by default. */
record SignatureV1(
        String accessKeyId,
        String given,
        Instant time,
        @Nullable Instant expires,
        List<String> stringsToSign) implements Signature {

    static final String PREFIX = "OSS ";

    static SignatureV1 ofHeader(OssRequest request) {
        String[] parts = request.header("authorization")
                .substring(PREFIX.length())
                .trim()
                .split(":", 2);
        if (parts.length != 2) {
            throw OssError.invalidArgument("Authorization header is invalid.");
        }
        String date = request.header("date");
        String signedAt = request.header("x-oss-date").isEmpty() ? date : request.header("x-oss-date");
        // With x-oss-date, the Java SDK signs the Date header's line as it is, ali-oss the other date in its place.
        List<String> texts = Stream.of(date, signedAt)
                .distinct()
                .map(line -> stringToSign(request, line))
                .toList();
        return new SignatureV1(parts[0], parts[1], time(signedAt), null, texts);
    }

    static SignatureV1 ofQuery(OssRequest request) {
        String expires = request.parameter("Expires");
        try {
            Instant until = Instant.ofEpochSecond(Long.parseLong(expires));
            return new SignatureV1(
                    request.parameter("OSSAccessKeyId"),
                    request.parameter("Signature"),
                    until,
                    until,
                    List.of(stringToSign(request, expires)));
        } catch (NumberFormatException | DateTimeException e) {
            throw OssError.accessDenied("Invalid date (should be seconds since epoch): " + expires);
        }
    }

    @Override
    public String sign(String secret, String stringToSign) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(Signature.hmac("HmacSHA1", key, stringToSign));
    }

    private static Instant time(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
        } catch (DateTimeException e) {
            throw OssError.accessDenied("OSS authentication requires a valid Date.");
        }
    }

    private static String stringToSign(OssRequest request, String date) {
        StringBuilder text = new StringBuilder(512)
                .append(request.method())
                .append('\n')
                .append(request.header("content-md5"))
                .append('\n')
                .append(request.header("content-type"))
                .append('\n')
                .append(date)
                .append('\n');
        Map<String, String> signed = new TreeMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("x-oss-")) {
                signed.put(name, header.getValue().trim());
            }
        }
        signed.forEach(
                (name, value) -> text.append(name).append(':').append(value).append('\n'));
        return text.append(resource(request)).toString();
    }

    private static String resource(OssRequest request) {
        StringBuilder resource = new StringBuilder(request.resource());
        char separator = '?';
        for (Map.Entry<String, String> parameter : new TreeMap<>(request.parameters()).entrySet()) {
            if (SignParameters.SIGNED_PARAMTERS.contains(parameter.getKey())) {
                resource.append(separator).append(parameter.getKey());
                if (!parameter.getValue().isEmpty()) {
                    resource.append('=').append(parameter.getValue());
                }
                separator = '&';
            }
        }
        return resource.toString();
    }
}
