package io.tidepool.emulator.auth;

import io.tidepool.emulator.AccessKey;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Decides whether a request's signature is that of a known key, now. Thread-safe. */
public final class Authenticator {

    /** A client clock may be this far off, both ways. */
    static final Duration MAX_SKEW = Duration.ofMinutes(15);

    private static final DateTimeFormatter SERVER_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000Z'").withZone(ZoneOffset.UTC);

    private final Map<String, AccessKey> keys;
    private final String region;
    private final boolean allowV1;
    private final InstantSource clock;

    /** Knows the keys for its whole life; {@code allowV1} false refuses V1 signatures, as OSS does for new accounts. */
    public Authenticator(List<AccessKey> keys, String region, boolean allowV1, InstantSource clock) {
        this.keys = keys.stream().collect(Collectors.toUnmodifiableMap(AccessKey::id, Function.identity()));
        this.region = region;
        this.allowV1 = allowV1;
        this.clock = clock;
    }

    /** Throws an {@link OssError} with the code OSS would give, unless the request is signed right. */
    public void check(OssRequest request) {
        Signature signature = parse(request);
        AccessKey key = keys.get(signature.accessKeyId());
        if (key == null) {
            throw OssError.of(
                            403,
                            "InvalidAccessKeyId",
                            "The OSS Access Key Id you provided does not exist in our records.")
                    .with("OSSAccessKeyId", signature.accessKeyId());
        }
        checkTime(signature);
        checkToken(request, key);
        String expected = null;
        for (String stringToSign : signature.stringsToSign()) {
            expected = signature.sign(key.secret(), stringToSign);
            if (equal(expected, signature.given())) {
                return;
            }
        }
        throw OssError.of(
                        403,
                        "SignatureDoesNotMatch",
                        "The request signature we calculated does not match the signature you provided. Check your key"
                                + " and signing method.")
                .with("OSSAccessKeyId", key.id())
                .with("SignatureProvided", signature.given())
                .with("StringToSign", signature.stringsToSign().getFirst());
    }

    private Signature parse(OssRequest request) {
        String authorization = request.header("authorization");
        if (authorization.startsWith(SignatureV4.ALGORITHM + " ")) {
            return SignatureV4.ofHeader(request, region);
        }
        if (request.has("x-oss-signature-version")) {
            return SignatureV4.ofQuery(request, region);
        }
        boolean inQuery = request.has("OSSAccessKeyId");
        if (!inQuery && !authorization.startsWith(SignatureV1.PREFIX)) {
            throw authorization.isEmpty()
                    ? OssError.accessDenied("You have no right to access this object because of bucket acl.")
                    : OssError.invalidArgument("Authorization header is invalid.");
        }
        if (!allowV1) {
            throw OssError.invalidArgument("The signature version V1 is not allowed for this bucket; use V4.");
        }
        return inQuery ? SignatureV1.ofQuery(request) : SignatureV1.ofHeader(request);
    }

    private void checkTime(Signature signature) {
        Instant now = clock.instant();
        Instant expires = signature.expires();
        if (expires != null) {
            if (now.isAfter(expires)) {
                throw OssError.accessDenied("Request has expired.").with("Expires", SERVER_TIME.format(expires));
            }
            return;
        }
        if (Duration.between(signature.time(), now).abs().compareTo(MAX_SKEW) > 0) {
            throw OssError.of(
                            403,
                            "RequestTimeTooSkewed",
                            "The difference between the request time and the current time is too large.")
                    .with("MaxAllowedSkewMilliseconds", String.valueOf(MAX_SKEW.toMillis()))
                    .with("RequestTime", SERVER_TIME.format(signature.time()))
                    .with("ServerTime", SERVER_TIME.format(now));
        }
    }

    private void checkToken(OssRequest request, AccessKey key) {
        String header = request.header("x-oss-security-token");
        String token = !header.isEmpty()
                ? header
                : request.parameter(request.has("security-token") ? "security-token" : "x-oss-security-token");
        String wanted = key.securityToken();
        if (wanted == null) {
            if (!token.isEmpty()) {
                throw OssError.of(403, "InvalidSecurityToken", "The security token you provided is invalid.");
            }
            return;
        }
        if (!equal(wanted, token)) {
            throw OssError.of(403, "InvalidSecurityToken", "The security token you provided is invalid.");
        }
        Instant expires = key.expires();
        if (expires != null && clock.instant().isAfter(expires)) {
            throw OssError.of(403, "SecurityTokenExpired", "The security token you provided has expired.");
        }
    }

    private static boolean equal(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
