package io.tidepool.emulator.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.operation.ErrorReply;
import io.tidepool.emulator.operation.Reply;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.SyntheticObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a fault makes of a reply: wrong headers, wrong bytes, or a delivery that goes wrong. */
final class Misfortune {

    static final String QOS_DELAY = "x-oss-qos-delay-time";

    private static final long WHOLE_BODY = Long.MAX_VALUE;

    private Misfortune() {}

    /** @param object whose bytes the reply carries; null if none */
    static Delivery of(Reply reply, Fault fault, @Nullable StoredObject object) {
        Delivery plain = Delivery.of(wrong(reply, fault, object));
        long after = fault.afterBytes();
        return switch (fault.kind()) {
            case LATENCY, QOS_DELAY -> plain.delayed(fault.delay());
            case SURPLUS -> reply.payload() == null ? plain : plain.withSurplus(fault.byBytes());
            case SHORT_BODY -> plain.stopping(after, Delivery.Stop.CLOSE);
            case NO_CONTENT_LENGTH ->
                plain.framed(Delivery.Framing.CLOSE).stopping(orWhole(after), Delivery.Stop.CLOSE);
            case CHUNKED -> plain.framed(Delivery.Framing.CHUNKED).stopping(orWhole(after), Delivery.Stop.END);
            case ERROR_ENDS_BODY -> plain.stopping(after + errorDocument().length, Delivery.Stop.CLOSE);
            case RESET -> after < 0 ? plain.resetting() : plain.stopping(after, Delivery.Stop.RESET);
            case STALL -> plain.stalling(after, fault.delay());
            case DRIP -> plain.dripping(fault.bytesPerSecond());
            default -> plain;
        };
    }

    private static Reply wrong(Reply reply, Fault fault, @Nullable StoredObject object) {
        HttpHeaders headers = reply.headers();
        switch (fault.kind()) {
            case WRONG_CONTENT_RANGE -> shiftContentRange(headers);
            case QOS_DELAY -> headers.set(QOS_DELAY, fault.delay().toMillis());
            case WRONG_ETAG -> headers.set("ETag", "\"00000000000000000000000000000BAD\"");
            case NO_CRC64 -> headers.remove("x-oss-hash-crc64ecma");
            case WRONG_CRC64 -> headers.set("x-oss-hash-crc64ecma", "1");
            default -> {}
        }
        Reply.Payload payload = reply.payload();
        return payload == null ? reply : reply.withPayload(wrong(payload, fault, object));
    }

    private static Reply.Payload wrong(Reply.Payload payload, Fault fault, @Nullable StoredObject object) {
        Reply.Source right = payload.source();
        long at = payload.offset() + Math.min(fault.afterBytes(), payload.length() - 1);
        return switch (fault.kind()) {
            case OTHER_VERSION -> payload.from(otherVersion(right, fault, object));
            case FLIPPED_BYTE -> payload.from(() -> new WrongBytes(right.open(), at));
            case SHIFTED_BYTES ->
                payload.from(() -> new ShiftedBytes(right.open(), fault.byBytes(), size(payload, object)));
            case ERROR_IN_BODY, ERROR_ENDS_BODY ->
                payload.from(() -> new PatchedBytes(right.open(), at, errorDocument()));
            case LONG_BODY, SURPLUS -> {
                byte[] more = new byte[(int) fault.byBytes()];
                long end = payload.offset() + payload.length();
                yield payload.from(() -> new PatchedBytes(right.open(), end, more))
                        .longer(more.length);
            }
            default -> payload;
        };
    }

    private static Reply.Source otherVersion(Reply.Source right, Fault fault, @Nullable StoredObject object) {
        if (object instanceof SyntheticObject synthetic) {
            long version = fault.version() >= 0 ? fault.version() : Math.max(0, synthetic.version() - 1);
            return () -> synthetic.bytesOfVersion(version);
        }
        return () -> new WrongBytes(right.open(), Long.MIN_VALUE);
    }

    private static long size(Reply.Payload payload, @Nullable StoredObject object) {
        return object == null ? payload.length() : object.size();
    }

    private static byte[] errorDocument() {
        OssError error = OssError.of(500, "InternalError", "Spliced into a body by a fault rule of the emulator.");
        return ErrorReply.document(error, "000000000000000000000BAD", "emulator");
    }

    private static long orWhole(long after) {
        return after < 0 ? WHOLE_BODY : after;
    }

    private static void shiftContentRange(HttpHeaders headers) {
        String range = headers.get("Content-Range", "");
        if (range.startsWith("bytes ") && range.contains("-")) {
            long first = Long.parseLong(range.substring("bytes ".length(), range.indexOf('-')));
            headers.set(
                    "Content-Range",
                    String.format(Locale.ROOT, "bytes %d%s", first + 1, range.substring(range.indexOf('-'))));
        }
    }
}
