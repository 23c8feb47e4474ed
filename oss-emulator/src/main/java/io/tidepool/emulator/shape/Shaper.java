package io.tidepool.emulator.shape;

import org.jspecify.annotations.Nullable;

/** The shape in force, and the bucket that all connections share. Thread-safe. */
public final class Shaper {

    private volatile State state;

    record State(Shape shape, @Nullable Throttle total) {}

    public Shaper(Shape shape) {
        state = newState(shape);
    }

    public Shape shape() {
        return state.shape();
    }

    /** Takes effect at once, also for bodies under way. */
    public void shape(Shape shape) {
        state = newState(shape);
    }

    State state() {
        return state;
    }

    private static State newState(Shape shape) {
        return new State(shape, shape.bytesPerSecond() == 0 ? null : new Throttle(shape.bytesPerSecond()));
    }
}
