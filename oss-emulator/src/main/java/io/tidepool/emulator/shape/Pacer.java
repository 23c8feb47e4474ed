package io.tidepool.emulator.shape;

import org.jspecify.annotations.Nullable;

/** Paces one connection. Not thread-safe: it belongs to the connection's event loop. */
public final class Pacer {

    /** Small enough to stay in a core's L2 cache between being computed and being sent. */
    private static final int MAX_CHUNK_BYTES = 128 << 10;

    private static final int MIN_CHUNK_BYTES = 1 << 10;

    /** Shorter waits are added up instead of slept: a timer costs more CPU than the accuracy is worth. */
    private static final long MIN_WAIT_NANOS = 1_000_000;

    private final Shaper shaper;
    private Shaper.State state;
    private @Nullable Throttle connection;

    public Pacer(Shaper shaper) {
        this.shaper = shaper;
        this.state = shaper.state();
        this.connection = newThrottle(state.shape());
    }

    /** How many bytes to send at once: about 2 ms at the slower rate. */
    public int chunkBytes() {
        refresh();
        long total = rate(state.shape().bytesPerSecond());
        long own = rate(state.shape().connectionBytesPerSecond());
        return Math.clamp(Math.min(total, own) / 500, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
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
        if (!current.equals(state)) {
            if (current.shape().connectionBytesPerSecond() != state.shape().connectionBytesPerSecond()) {
                connection = newThrottle(current.shape());
            }
            state = current;
        }
    }

    private static long rate(long bytesPerSecond) {
        return bytesPerSecond == 0 ? Long.MAX_VALUE : bytesPerSecond;
    }

    private static @Nullable Throttle newThrottle(Shape shape) {
        return shape.connectionBytesPerSecond() == 0 ? null : new Throttle(shape.connectionBytesPerSecond());
    }
}
