package io.tidepool.emulator.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.SyntheticObject;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A reply and what happens to it on its way out.
 *
 * @param announceLength false leaves Content-Length out and ends the body by closing
 * @param resetFirst TCP RST instead of any reply
 * @param stopAfter how many bytes of the body come out before {@code stop}; at most all of them
 * @param stop null ends the body as it should
 * @param bytesPerSecond of a body at a crawl; 0 is no crawl
 */
record Delivery(
        Reply reply,
        Duration delay,
        boolean announceLength,
        boolean resetFirst,
        long stopAfter,
        @Nullable Stop stop,
        Duration stallTime,
        long bytesPerSecond) {

    /** What happens after {@code stopAfter} bytes of the body. */
    enum Stop {
        CLOSE,
        RESET,
        STALL
    }

    static Delivery of(Reply reply) {
        return new Delivery(reply, Duration.ZERO, true, false, Long.MAX_VALUE, null, Duration.ZERO, 0);
    }

    /** @param object whose bytes the reply carries; null if none */
    static Delivery of(Reply reply, Fault fault, @Nullable StoredObject object) {
        HttpHeaders headers = reply.headers();
        Delivery plain = of(reply);
        long after = fault.afterBytes();
        return switch (fault.kind()) {
            case STATUS, IGNORE_RANGE -> plain;
            case LATENCY -> plain.delayed(fault.delay());
            case WRONG_CONTENT_RANGE -> {
                shiftContentRange(headers);
                yield plain;
            }
            case SHORT_BODY -> plain.stopping(after, Stop.CLOSE, Duration.ZERO);
            case NO_CONTENT_LENGTH ->
                plain.withoutLength().stopping(after < 0 ? Long.MAX_VALUE : after, Stop.CLOSE, Duration.ZERO);
            case RESET -> after < 0 ? plain.resetting() : plain.stopping(after, Stop.RESET, Duration.ZERO);
            case STALL -> plain.stopping(after, Stop.STALL, fault.delay());
            case DRIP -> plain.dripping(fault.bytesPerSecond());
            case WRONG_ETAG -> {
                headers.set("ETag", "\"00000000000000000000000000000BAD\"");
                yield plain;
            }
            case OTHER_VERSION -> of(otherVersion(reply, fault, object));
            case FLIPPED_BYTE -> of(flipped(reply, after));
            case NO_CRC64 -> {
                headers.remove("x-oss-hash-crc64ecma");
                yield plain;
            }
            case WRONG_CRC64 -> {
                headers.set("x-oss-hash-crc64ecma", "1");
                yield plain;
            }
        };
    }

    private Delivery delayed(Duration time) {
        return new Delivery(reply, time, announceLength, resetFirst, stopAfter, stop, stallTime, bytesPerSecond);
    }

    private Delivery withoutLength() {
        return new Delivery(reply, delay, false, resetFirst, stopAfter, stop, stallTime, bytesPerSecond);
    }

    private Delivery resetting() {
        return new Delivery(reply, delay, announceLength, true, stopAfter, stop, stallTime, bytesPerSecond);
    }

    private Delivery stopping(long after, Stop how, Duration time) {
        return new Delivery(reply, delay, announceLength, resetFirst, after, how, time, bytesPerSecond);
    }

    private Delivery dripping(long rate) {
        return new Delivery(reply, delay, announceLength, resetFirst, stopAfter, stop, stallTime, rate);
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

    private static Reply otherVersion(Reply reply, Fault fault, @Nullable StoredObject object) {
        Reply.Payload payload = reply.payload();
        if (payload == null) {
            return reply;
        }
        Reply.Source source = payload.source();
        if (object instanceof SyntheticObject synthetic) {
            long version = fault.version() >= 0 ? fault.version() : Math.max(0, synthetic.version() - 1);
            source = () -> synthetic.bytesOfVersion(version);
        } else {
            Reply.Source right = source;
            source = () -> new WrongBytes(right.open(), Long.MIN_VALUE);
        }
        return reply.withPayload(new Reply.Payload(source, payload.offset(), payload.length(), payload.ofObject()));
    }

    private static Reply flipped(Reply reply, long bodyIndex) {
        Reply.Payload payload = reply.payload();
        if (payload == null) {
            return reply;
        }
        long at = payload.offset() + Math.min(bodyIndex, payload.length() - 1);
        return reply.withPayload(new Reply.Payload(
                () -> new WrongBytes(payload.source().open(), at),
                payload.offset(),
                payload.length(),
                payload.ofObject()));
    }
}
