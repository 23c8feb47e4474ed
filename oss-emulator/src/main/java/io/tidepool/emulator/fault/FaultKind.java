package io.tidepool.emulator.fault;

/** What can go wrong. {@link Fault} has a factory method, with the parameters, for each. */
public enum FaultKind {
    /** An error reply: status, code, and perhaps {@code x-oss-qos-delay-time}. */
    STATUS,
    /** The reply starts late. */
    LATENCY,
    /** The reply starts late, and {@code x-oss-qos-delay-time} says by how much. */
    QOS_DELAY,
    /** Right bytes under a Content-Range that starts one byte too late. */
    WRONG_CONTENT_RANGE,
    /** 200 and the whole object, as from a server that does not know Range. */
    IGNORE_RANGE,
    /** Fewer bytes than Content-Length says, then an orderly close. */
    SHORT_BODY,
    /** More bytes than were asked for, and a Content-Length that agrees with them. */
    LONG_BODY,
    /** More bytes than Content-Length says, on a connection that stays open. */
    SURPLUS,
    /** Chunked encoding instead of Content-Length; the last chunk comes at the end, or too early. */
    CHUNKED,
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
    /** The right headers over bytes from another place of the object. */
    SHIFTED_BYTES,
    /** The right headers over a body in the middle of which an XML error stands instead of the object's bytes. */
    ERROR_IN_BODY,
    /** An XML error in the middle of the body, then an orderly close. */
    ERROR_ENDS_BODY,
    /** One byte of the body with a bit turned over. */
    FLIPPED_BYTE,
    /** No {@code x-oss-hash-crc64ecma} header. */
    NO_CRC64,
    /** A wrong {@code x-oss-hash-crc64ecma} header. */
    WRONG_CRC64
}
