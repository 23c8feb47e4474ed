package io.tidepool.emulator.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A request's signature as it was given, and how the right one would be made. */
sealed interface Signature permits SignatureV1, SignatureV4 {

    String accessKeyId();

    /** What the client sent. */
    String given();

    /** When the client says it signed. */
    Instant time();

    /** Until when a URL is valid; null for a signature in the header. */
    @Nullable
    Instant expires();

    /** The text to sign; more than one where clients are known to differ. */
    List<String> stringsToSign();

    String sign(String secret, String stringToSign);

    static byte[] hmac(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
