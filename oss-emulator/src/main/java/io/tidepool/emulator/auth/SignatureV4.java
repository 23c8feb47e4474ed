package io.tidepool.emulator.auth;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.protocol.PercentEncoding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The current signature: HMAC-SHA256 with a key derived from date and region, over the canonical request. */
record SignatureV4(
        String accessKeyId,
        String given,
        String scope,
        Instant time,
        @Nullable Instant expires,
        List<String> stringsToSign)
        implements Signature {

    static final String ALGORITHM = "OSS4-HMAC-SHA256";

    private static final String UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    static SignatureV4 ofHeader(OssRequest request, String region) {
        Map<String, String> fields = new TreeMap<>();
        for (String field :
                request.header("authorization").substring(ALGORITHM.length()).split(",", -1)) {
            String[] pair = field.trim().split("=", 2);
            fields.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        String payload = request.header("x-oss-content-sha256");
        return of(
                request,
                region,
                new Given(
                        fields.getOrDefault("Credential", ""),
                        fields.getOrDefault("Signature", ""),
                        fields.getOrDefault("AdditionalHeaders", ""),
                        request.header("x-oss-date"),
                        payload.isEmpty() ? UNSIGNED_PAYLOAD : payload),
                "");
    }

    static SignatureV4 ofQuery(OssRequest request, String region) {
        return of(
                request,
                region,
                new Given(
                        request.parameter("x-oss-credential"),
                        request.parameter("x-oss-signature"),
                        request.parameter("x-oss-additional-headers"),
                        request.parameter("x-oss-date"),
                        UNSIGNED_PAYLOAD),
                request.parameter("x-oss-expires"));
    }

    @Override
    public String sign(String secret, String stringToSign) {
        byte[] key = ("aliyun_v4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = Signature.hmac("HmacSHA256", key, part);
        }
        return HexFormat.of().formatHex(Signature.hmac("HmacSHA256", key, stringToSign));
    }

    /** The fields of a signature, wherever they came from. */
    private record Given(String credential, String signature, String additionalHeaders, String date, String payload) {}

    private static SignatureV4 of(OssRequest request, String region, Given given, String expiresSeconds) {
        String[] credential = given.credential().split("/", 2);
        Instant time = time(given.date());
        String scope = given.date().substring(0, 8) + "/" + region + "/oss/aliyun_v4_request";
        if (credential.length != 2 || !credential[1].equals(scope)) {
            throw OssError.invalidArgument(
                    "Invalid signing scope in the credential \"" + given.credential() + "\": expected " + scope);
        }
        // The Java SDK signs trimmed parameter values but sends them as they are.
        List<String> texts = Stream.of(false, true)
                .map(trimmed -> stringToSign(given, scope, canonicalRequest(request, given, trimmed)))
                .distinct()
                .toList();
        Instant expires = expiresSeconds.isEmpty() ? null : time.plusSeconds(seconds(expiresSeconds));
        return new SignatureV4(credential[0], given.signature(), scope, time, expires, texts);
    }

    private static Instant time(String date) {
        try {
            return Instant.from(TIME.parse(date));
        } catch (DateTimeException e) {
            throw OssError.accessDenied("Invalid x-oss-date \"" + date + "\" (should be like 20260131T120000Z).");
        }
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw OssError.invalidArgument("Invalid x-oss-expires " + text);
        }
    }

    private static String stringToSign(Given given, String scope, String canonicalRequest) {
        return ALGORITHM + "\n" + given.date() + "\n" + scope + "\n" + sha256Hex(canonicalRequest);
    }

    private static String canonicalRequest(OssRequest request, Given given, boolean trimmed) {
        Set<String> additional = new LinkedHashSet<>();
        for (String name : given.additionalHeaders().split(";", -1)) {
            if (!name.isBlank()) {
                additional.add(name.trim().toLowerCase(Locale.ROOT));
            }
        }
        return request.method()
                + "\n"
                + PercentEncoding.encodePath(request.resource())
                + "\n"
                + canonicalQuery(request.parameters(), trimmed)
                + "\n"
                + canonicalHeaders(request, additional)
                + "\n"
                + String.join(";", additional)
                + "\n"
                + given.payload();
    }

    private static String canonicalQuery(Map<String, String> parameters, boolean trimmed) {
        Map<String, String> encoded = new TreeMap<>();
        parameters.forEach((name, value) -> {
            if (!name.equals("x-oss-signature")) {
                encoded.put(
                        PercentEncoding.encode(trimmed ? name.trim() : name),
                        PercentEncoding.encode(trimmed ? value.trim() : value));
            }
        });
        StringBuilder query = new StringBuilder();
        encoded.forEach((name, value) -> {
            query.append(query.isEmpty() ? "" : "&").append(name);
            if (!value.isEmpty()) {
                query.append('=').append(value);
            }
        });
        return query.toString();
    }

    private static String canonicalHeaders(OssRequest request, Set<String> additional) {
        Map<String, String> signed = new TreeMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            boolean always = name.equals("content-type") || name.equals("content-md5") || name.startsWith("x-oss-");
            if (always || additional.contains(name)) {
                signed.put(name, header.getValue().trim());
            }
        }
        StringBuilder lines = new StringBuilder();
        signed.forEach(
                (name, value) -> lines.append(name).append(':').append(value).append('\n'));
        return lines.toString();
    }

    private static String sha256Hex(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
