package io.tidepool.agent.origin;

import com.aliyun.credentials.exception.CredentialException;
import com.aliyun.oss.ClientException;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.auth.InvalidCredentialsException;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the SDK throws into our failures, with a line for the operator: what was asked, what came, what to do.
 *
 * <p>Of the SDK's messages only code and request id are used: the rest may hold the string that was signed.
 */
final class OssFailures {
    private static final String AWAY = "; check network, DNS and endpoint";
    private static final String PLAIN = "; the endpoint speaks plain HTTP: write http:// before it";
    private static final String NO_KEY = "; check where the access key comes from";

    /** What to do about a 403 or 400, by OSS's code. */
    private static final Map<String, String> ADVICE = Map.of(
            "RequestTimeTooSkewed", "check this host's clock: it is more than 15 minutes off",
            "SignatureDoesNotMatch", "check the access key's secret, and the configured region",
            "InvalidAccessKeyId", "check the access key id: there is none such, or it is disabled",
            "SecurityTokenExpired", "the temporary key has expired: check what refreshes it",
            "InvalidSecurityToken", "check the security token: it does not belong to the key",
            "InvalidObjectState", "the object is archived: restore it first",
            "InvalidRegion", "check the configured region against the bucket's",
            "NoSuchBucket", "check the configured bucket, region and endpoint");

    private static final String OTHER_ADVICE =
            "check that the key's RAM policy allows oss:GetObject and oss:ListObjects on the bucket";

    /** What is said of a key that was good once. */
    private static final Set<String> KEY_REFUSED =
            Set.of("SecurityTokenExpired", "InvalidAccessKeyId", "InvalidSecurityToken", "SignatureDoesNotMatch");

    private final String origin;
    private final String region;
    private final OssCredentials credentials;

    OssFailures(String origin, String region, OssCredentials credentials) {
        this.origin = origin;
        this.region = region;
        this.credentials = credentials;
    }

    /** The failure for an answer other than 2xx. */
    ChunkException answered(String operation, String key, FailedAnswers.@Nullable Answer answer, OSSException e) {
        int status = answer == null ? 0 : answer.status();
        Kind kind = kind(operation, status);
        String message = what(operation, key) + " was answered " + status + " " + e.getErrorCode() + ", request id "
                + e.getRequestId() + advice(kind, e.getErrorCode());
        return new ChunkException(kind, message, cause(kind, answer, e));
    }

    private Exception cause(Kind kind, FailedAnswers.@Nullable Answer answer, OSSException e) {
        if (answer != null && !answer.delay().isZero()) {
            return new SlowDown(answer.delay(), e);
        }
        boolean rotated =
                kind == Kind.ACCESS_DENIED && KEY_REFUSED.contains(e.getErrorCode()) && credentials.hasRotated();
        return rotated ? new KeyRotated(e) : e;
    }

    private String advice(Kind kind, String code) {
        return switch (kind) {
            case ACCESS_DENIED -> "; " + ADVICE.getOrDefault(code, OTHER_ADVICE);
            case INVALID ->
                "; "
                        + ADVICE.getOrDefault(
                                code,
                                "check the configured region '" + region + "' against the bucket's, and the endpoint");
            case STALE -> "; the object was replaced or deleted: open it again";
            case THROTTLED -> "; ask for less at once, or have the account's limit raised";
            default -> "";
        };
    }

    private static Kind kind(String operation, int status) {
        return switch (status) {
            // Heads take a 404 for an answer, unless it is the bucket that is missing.
            case 404 -> operation.equals(OssOrigin.READ) ? Kind.STALE : Kind.INVALID;
            case 412 -> Kind.STALE;
            case 401, 403 -> Kind.ACCESS_DENIED;
            case 416 -> Kind.CORRUPT;
            case 429, 503 -> Kind.THROTTLED;
            case 400, 405, 409, 411 -> Kind.INVALID;
            default -> status >= 200 && status < 400 ? Kind.CORRUPT : Kind.UNAVAILABLE;
        };
    }

    /** The failure for no answer, or half of one. Throws InterruptedException if an interrupt is the reason. */
    ChunkException unanswered(String operation, String key, Exception e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Throwable reason = e instanceof ClientException && e.getCause() != null ? e.getCause() : e;
        boolean noKey = e instanceof CredentialException || e instanceof InvalidCredentialsException;
        return new ChunkException(
                Kind.UNAVAILABLE,
                what(operation, key) + " failed: " + reason.getClass().getSimpleName() + " "
                        + Printable.text(String.valueOf(reason.getMessage()))
                        + (noKey ? NO_KEY : isPlainHttp(reason) ? PLAIN : AWAY),
                e);
    }

    private static boolean isPlainHttp(Throwable reason) {
        return reason instanceof SSLException
                && String.valueOf(reason.getMessage()).contains("unrecognized SSL message");
    }

    /** The failure for an answer that is not what was asked for. */
    ChunkException wrong(String operation, String key, String what, @Nullable String requestId) {
        return new ChunkException(
                Kind.CORRUPT, what(operation, key) + " was answered wrongly: " + what + ", request id " + requestId);
    }

    private String what(String operation, String key) {
        return operation + " of " + origin + ":" + Printable.text(key);
    }
}
