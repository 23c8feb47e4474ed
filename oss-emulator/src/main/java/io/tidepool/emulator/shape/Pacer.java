package io.tidepool.emulator.shape;

import org.jspecify.annotations.Nullable;

/** Paces one connection, a body at a time. Not thread-safe: it belongs to the connection's event loop. */
public final class Pacer {

    /** Small enough to stay in a core's L2 cache between being computed and being sent. */
    private static final int MAX_CHUNK_BYTES = 128 << 10;

    private static final int MIN_CHUNK_BYTES = 4 << 10;

    /** A chunk is at most 5 ms of the slower rate. */
    private static final int CHUNKS_PER_SECOND = 200;

    /** Shorter waits are added up instead of slept: each timer and its context switch cost about as much as a chunk. */
    private static final long MIN_WAIT_NANOS = 3_000_000;

    private final Shaper shaper;
    private Shaper.State state;
    private @Nullable Throttle connection;
    private boolean sending;

    public Pacer(Shaper shaper) {
        this.shaper = shaper;
        this.state = shaper.state();
        this.connection = newThrottle(state.shape());
    }

    /** A body starts. */
    public void begin() {
        refresh();
        sending = true;
        enter(state.total());
        enter(connection);
    }

    /** The body is over; does nothing when it was already. */
    public void end() {
        if (sending) {
            sending = false;
            leave(state.total());
            leave(connection);
        }
    }

    /** How many bytes to send at once. */
    public int chunkBytes() {
        refresh();
        long total = rate(state.shape().bytesPerSecond());
        long own = rate(state.shape().connectionBytesPerSecond());
        return Math.clamp(Math.min(total, own) / CHUNKS_PER_SECOND, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    }

    /** Accounts for bytes just sent; the nanoseconds to wait before sending more, 0 if none. */
    public long sent(int bytes) {
        refresh();
        Throttle total = state.total();
        Throttle own = connection;
        long wait = Math.max(total == null ? 0 : total.take(bytes), own == null ? 0 : own.take(bytes));
        return wait < MIN_WAIT_NANOS ? 0 : wait;
    }

    private void refresh() {
        Shaper.State current = shaper.state();
        if (current.equals(state)) {
            return;
        }
        boolean wasSending = sending;
        end();
        if (current.shape().connectionBytesPerSecond() != state.shape().connectionBytesPerSecond()) {
            connection = newThrottle(current.shape());
        }
        state = current;
        if (wasSending) {
            begin();
        }
    }

    private static void enter(@Nullable Throttle throttle) {
        if (throttle != null) {
            throttle.enter();
        }
    }

    private static void leave(@Nullable Throttle throttle) {
        if (throttle != null) {
            throttle.leave();
        }
    }

    private static long rate(long bytesPerSecond) {
        return bytesPerSecond == 0 ? Long.MAX_VALUE : bytesPerSecond;
    }

    private static @Nullable Throttle newThrottle(Shape shape) {
        return shape.connectionBytesPerSecond() == 0 ? null : new Throttle(shape.connectionBytesPerSecond());
    }
}
