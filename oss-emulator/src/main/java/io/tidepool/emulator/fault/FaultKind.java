package io.tidepool.emulator.fault;

/** What can go wrong. {@link Fault} has a factory method, with the parameters, for each. */
public enum FaultKind {
    /** An error reply: status, code, and perhaps {@code x-oss-qos-delay-time}. */
    STATUS,
    /** The reply starts late. */
    LATENCY,
    /** Right bytes under a Content-Range that starts one byte too late. */
    WRONG_CONTENT_RANGE,
    /** 200 and the whole object, as from a server that does not know Range. */
    IGNORE_RANGE,
    /** Fewer bytes than Content-Length says, then an orderly close. */
    SHORT_BODY,
    /** No Content-Length: the body ends when the connection closes, perhaps too early. */
    NO_CONTENT_LENGTH,
    /** TCP RST, before the reply or after some bytes of its body. */
    RESET,
    /** Silence after some bytes of the body, for a time or for ever. */
    STALL,
    /** The body at a crawl. */
    DRIP,
    /** An ETag header that is not the object's. */
    WRONG_ETAG,
    /** The right headers over the bytes of another version. */
    OTHER_VERSION,
    /** One byte of the body with a bit turned over. */
    FLIPPED_BYTE,
    /** No {@code x-oss-hash-crc64ecma} header. */
    NO_CRC64,
    /** A wrong {@code x-oss-hash-crc64ecma} header. */
    WRONG_CRC64
}
