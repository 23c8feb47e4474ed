package io.tidepool.emulator.fault;

import java.time.Duration;
import java.util.List;

/**
 * One thing that goes wrong, with its parameters; a parameter that the kind does not use is at its neutral value.
 *
 * @param status of {@link FaultKind#STATUS}
 * @param code the OSS error code of {@link FaultKind#STATUS}
 * @param afterBytes how many body bytes come out before it happens; -1: before the reply's head ({@link FaultKind#RESET}),
 *     or never ({@link FaultKind#NO_CONTENT_LENGTH}, {@link FaultKind#CHUNKED}); the index in the body of a
 *     {@link FaultKind#FLIPPED_BYTE}
 * @param delay how long; {@link #FOREVER} until the client gives up. For {@link FaultKind#STATUS} it becomes
 *     {@code x-oss-qos-delay-time} if not zero, for {@link FaultKind#QOS_DELAY} always
 * @param bytesPerSecond of {@link FaultKind#DRIP}
 * @param version whose bytes a synthetic object gives under {@link FaultKind#OTHER_VERSION}; -1: the version before
 *     (other objects: every byte inverted)
 * @param byBytes how many bytes too many ({@link FaultKind#LONG_BODY}, {@link FaultKind#SURPLUS}), or how far the body
 *     is from where it should be ({@link FaultKind#SHIFTED_BYTES}, either way)
 */
public record Fault(
        FaultKind kind,
        int status,
        String code,
        long afterBytes,
        Duration delay,
        long bytesPerSecond,
        long version,
        long byBytes) {

    public static final Duration FOREVER = Duration.ofDays(3650);

    /** The codes that OSS documents for a client that asks for too much; all 503 but the last. */
    public static final List<String> THROTTLE_CODES = List.of(
            "DownloadTrafficRateLimitExceeded",
            "UploadTrafficRateLimitExceeded",
            "MetaOperationQpsLimitExceeded",
            "TotalQpsLimitExceeded",
            "ActiveRequestLimitExceeded",
            "CpuLimitExceeded",
            "ServiceUnavailable",
            "QpsLimitExceeded");

    private static final int MAX_SURPLUS_BYTES = 16 << 20;

    public Fault {
        if (afterBytes < -1 || bytesPerSecond < 0 || delay.isNegative()) {
            throw new IllegalArgumentException("a fault has no negative sizes, rates or times");
        }
        if (kind == FaultKind.STATUS && (status < 400 || status > 599)) {
            throw new IllegalArgumentException("an error status is 400 to 599, not " + status);
        }
        if (kind == FaultKind.DRIP && bytesPerSecond == 0) {
            throw new IllegalArgumentException("a drip needs bytesPerSecond");
        }
        boolean tooMany = kind == FaultKind.LONG_BODY || kind == FaultKind.SURPLUS;
        if (tooMany && (byBytes < 1 || byBytes > MAX_SURPLUS_BYTES)) {
            throw new IllegalArgumentException("byBytes must be 1 to 16 MiB, not " + byBytes);
        }
        if (kind == FaultKind.SHIFTED_BYTES && byBytes == 0) {
            throw new IllegalArgumentException("a shift needs byBytes");
        }
    }

    public static Fault status(int status, String code) {
        return new Fault(FaultKind.STATUS, status, code, 0, Duration.ZERO, 0, -1, 0);
    }

    /** 503 (or 429) with {@code x-oss-qos-delay-time}, as OSS throttles: one of {@link #THROTTLE_CODES}. */
    public static Fault throttled(String code, Duration retryAfter) {
        return new Fault(FaultKind.STATUS, throttleStatus(code), code, 0, retryAfter, 0, -1, 0);
    }

    /** The status that goes with a throttle code. */
    public static int throttleStatus(String code) {
        return code.equals("QpsLimitExceeded") ? 429 : 503;
    }

    /** 403, as after the end of a temporary (STS) credential. */
    public static Fault expiredToken() {
        return status(403, "SecurityTokenExpired");
    }

    /** A good reply, late, that says so in {@code x-oss-qos-delay-time}: how OSS slows down without refusing. */
    public static Fault qosDelay(Duration delay) {
        return new Fault(FaultKind.QOS_DELAY, 0, "", 0, delay, 0, -1, 0);
    }

    public static Fault latency(Duration added) {
        return new Fault(FaultKind.LATENCY, 0, "", 0, added, 0, -1, 0);
    }

    public static Fault wrongContentRange() {
        return plain(FaultKind.WRONG_CONTENT_RANGE);
    }

    public static Fault ignoreRange() {
        return plain(FaultKind.IGNORE_RANGE);
    }

    public static Fault shortBody(long afterBytes) {
        return at(FaultKind.SHORT_BODY, afterBytes);
    }

    /** Content-Length tells of the bytes too many. */
    public static Fault longBody(long byBytes) {
        return by(FaultKind.LONG_BODY, 0, byBytes);
    }

    /** Content-Length is right; the bytes too many stand where the next reply on the connection should begin. */
    public static Fault surplus(long byBytes) {
        return by(FaultKind.SURPLUS, 0, byBytes);
    }

    public static Fault noContentLength() {
        return at(FaultKind.NO_CONTENT_LENGTH, -1);
    }

    public static Fault noContentLengthTruncated(long afterBytes) {
        return at(FaultKind.NO_CONTENT_LENGTH, afterBytes);
    }

    public static Fault chunked() {
        return at(FaultKind.CHUNKED, -1);
    }

    /** The last chunk comes too early: the encoding is in order, the body is not. */
    public static Fault chunkedTruncated(long afterBytes) {
        return at(FaultKind.CHUNKED, afterBytes);
    }

    public static Fault resetBeforeReply() {
        return at(FaultKind.RESET, -1);
    }

    /** 0 resets after the reply's head. */
    public static Fault resetAfter(long bytes) {
        return at(FaultKind.RESET, bytes);
    }

    public static Fault stall(long afterBytes, Duration time) {
        return new Fault(FaultKind.STALL, 0, "", afterBytes, time, 0, -1, 0);
    }

    public static Fault stallForever(long afterBytes) {
        return stall(afterBytes, FOREVER);
    }

    public static Fault drip(long bytesPerSecond) {
        return new Fault(FaultKind.DRIP, 0, "", 0, Duration.ZERO, bytesPerSecond, -1, 0);
    }

    public static Fault wrongEtag() {
        return plain(FaultKind.WRONG_ETAG);
    }

    public static Fault previousVersion() {
        return plain(FaultKind.OTHER_VERSION);
    }

    public static Fault otherVersion(long version) {
        return new Fault(FaultKind.OTHER_VERSION, 0, "", 0, Duration.ZERO, 0, version, 0);
    }

    public static Fault flippedByte(long bodyIndex) {
        return at(FaultKind.FLIPPED_BYTE, bodyIndex);
    }

    /** The bytes from {@code byBytes} further on (or back); past the end of the object it goes on at its start. */
    public static Fault shiftedBytes(long byBytes) {
        return by(FaultKind.SHIFTED_BYTES, 0, byBytes);
    }

    /** An {@code <Error>} document over the bytes from {@code bodyIndex} on, as far as it fits; then right bytes again. */
    public static Fault errorInBody(long bodyIndex) {
        return at(FaultKind.ERROR_IN_BODY, bodyIndex);
    }

    /** As {@link #errorInBody}, but the connection closes behind the document. */
    public static Fault errorEndsBody(long bodyIndex) {
        return at(FaultKind.ERROR_ENDS_BODY, bodyIndex);
    }

    public static Fault noCrc64() {
        return plain(FaultKind.NO_CRC64);
    }

    public static Fault wrongCrc64() {
        return plain(FaultKind.WRONG_CRC64);
    }

    private static Fault plain(FaultKind kind) {
        return at(kind, 0);
    }

    private static Fault at(FaultKind kind, long afterBytes) {
        return by(kind, afterBytes, 0);
    }

    private static Fault by(FaultKind kind, long afterBytes, long byBytes) {
        return new Fault(kind, 0, "", afterBytes, Duration.ZERO, 0, -1, byBytes);
    }
}
