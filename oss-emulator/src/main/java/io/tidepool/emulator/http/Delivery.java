package io.tidepool.emulator.http;

import io.tidepool.emulator.operation.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A reply and what happens to it on its way out.
 *
 * @param framing how the client is to find the body's end
 * @param surplus how many bytes at the body's end Content-Length does not tell of
 * @param resetFirst TCP RST instead of any reply
 * @param stopAfter how many bytes of the body come out before {@code stop}; at most all of them
 * @param stop null ends the body as it should
 * @param bytesPerSecond of a body at a crawl; 0 is no crawl
 */
record Delivery(
        Reply reply,
        Duration delay,
        Framing framing,
        long surplus,
        boolean resetFirst,
        long stopAfter,
        @Nullable Stop stop,
        Duration stallTime,
        long bytesPerSecond) {

    enum Framing {
        CONTENT_LENGTH,
        CHUNKED,
        CLOSE
    }

    /** What happens after {@code stopAfter} bytes of the body. */
    enum Stop {
        /** It ends, as if that had been all. */
        END,
        CLOSE,
        RESET,
        STALL
    }

    static Delivery of(Reply reply) {
        return new Delivery(
                reply, Duration.ZERO, Framing.CONTENT_LENGTH, 0, false, Long.MAX_VALUE, null, Duration.ZERO, 0);
    }

    Delivery delayed(Duration time) {
        return new Delivery(reply, time, framing, surplus, resetFirst, stopAfter, stop, stallTime, bytesPerSecond);
    }

    Delivery framed(Framing how) {
        return new Delivery(reply, delay, how, surplus, resetFirst, stopAfter, stop, stallTime, bytesPerSecond);
    }

    Delivery withSurplus(long bytes) {
        return new Delivery(reply, delay, framing, bytes, resetFirst, stopAfter, stop, stallTime, bytesPerSecond);
    }

    Delivery resetting() {
        return new Delivery(reply, delay, framing, surplus, true, stopAfter, stop, stallTime, bytesPerSecond);
    }

    Delivery stopping(long after, Stop how) {
        return new Delivery(reply, delay, framing, surplus, resetFirst, after, how, stallTime, bytesPerSecond);
    }

    Delivery stalling(long after, Duration time) {
        return new Delivery(reply, delay, framing, surplus, resetFirst, after, Stop.STALL, time, bytesPerSecond);
    }

    Delivery dripping(long rate) {
        return new Delivery(reply, delay, framing, surplus, resetFirst, stopAfter, stop, stallTime, rate);
    }
}
