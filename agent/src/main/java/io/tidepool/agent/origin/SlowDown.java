package io.tidepool.agent.origin;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The origin's wish to be left alone for a while; the cause of a THROTTLED failure that came with one. */
public final class SlowDown extends Exception {
    private static final long serialVersionUID = 1;

    private final Duration delay;

    SlowDown(Duration delay, @Nullable Throwable cause) {
        super("try again in " + delay.toMillis() + " ms", cause);
        this.delay = delay;
    }

    /** What {@code failure} asks for; zero if nothing. */
    public static Duration of(Throwable failure) {
        return failure.getCause() instanceof SlowDown s ? s.delay : Duration.ZERO;
    }
}
