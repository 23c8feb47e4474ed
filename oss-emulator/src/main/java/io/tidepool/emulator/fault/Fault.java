package io.tidepool.emulator.fault;

import java.time.Duration;

/**
 * One thing that goes wrong, with its parameters; a parameter that the kind does not use is at its neutral value.
 *
 * @param status of {@link FaultKind#STATUS}
 * @param code the OSS error code of {@link FaultKind#STATUS}
 * @param afterBytes how many body bytes come out before it happens; -1: before the reply's head ({@link FaultKind#RESET}),
 *     or never ({@link FaultKind#NO_CONTENT_LENGTH}); the index in the body of a {@link FaultKind#FLIPPED_BYTE}
 * @param delay how long; {@link #FOREVER} until the client gives up. For {@link FaultKind#STATUS} it becomes
 *     {@code x-oss-qos-delay-time} if not zero
 * @param bytesPerSecond of {@link FaultKind#DRIP}
 * @param version whose bytes a synthetic object gives under {@link FaultKind#OTHER_VERSION}; -1: the version before
 *     (other objects: every byte inverted)
 */
public record Fault(
        FaultKind kind, int status, String code, long afterBytes, Duration delay, long bytesPerSecond, long version) {

    public static final Duration FOREVER = Duration.ofDays(3650);

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
    }

    public static Fault status(int status, String code) {
        return new Fault(FaultKind.STATUS, status, code, 0, Duration.ZERO, 0, -1);
    }

    /** 503 with {@code x-oss-qos-delay-time}, as OSS throttles: for example {@code DownloadTrafficRateLimitExceeded}. */
    public static Fault throttled(String code, Duration retryAfter) {
        return new Fault(FaultKind.STATUS, 503, code, 0, retryAfter, 0, -1);
    }

    public static Fault latency(Duration added) {
        return new Fault(FaultKind.LATENCY, 0, "", 0, added, 0, -1);
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

    public static Fault noContentLength() {
        return at(FaultKind.NO_CONTENT_LENGTH, -1);
    }

    public static Fault noContentLengthTruncated(long afterBytes) {
        return at(FaultKind.NO_CONTENT_LENGTH, afterBytes);
    }

    public static Fault resetBeforeReply() {
        return at(FaultKind.RESET, -1);
    }

    /** 0 resets after the reply's head. */
    public static Fault resetAfter(long bytes) {
        return at(FaultKind.RESET, bytes);
    }

    public static Fault stall(long afterBytes, Duration time) {
        return new Fault(FaultKind.STALL, 0, "", afterBytes, time, 0, -1);
    }

    public static Fault stallForever(long afterBytes) {
        return stall(afterBytes, FOREVER);
    }

    public static Fault drip(long bytesPerSecond) {
        return new Fault(FaultKind.DRIP, 0, "", 0, Duration.ZERO, bytesPerSecond, -1);
    }

    public static Fault wrongEtag() {
        return plain(FaultKind.WRONG_ETAG);
    }

    public static Fault previousVersion() {
        return plain(FaultKind.OTHER_VERSION);
    }

    public static Fault otherVersion(long version) {
        return new Fault(FaultKind.OTHER_VERSION, 0, "", 0, Duration.ZERO, 0, version);
    }

    public static Fault flippedByte(long bodyIndex) {
        return at(FaultKind.FLIPPED_BYTE, bodyIndex);
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
        return new Fault(kind, 0, "", afterBytes, Duration.ZERO, 0, -1);
    }
}
