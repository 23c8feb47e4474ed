package io.tidepool.agent.peer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says when to give up on a peer that is alive. Asked about ten times a second, by the fill's thread. */
@FunctionalInterface
public interface Pace {
    /**
     * How the fetch ends now; null to go on.
     *
     * @param receivedBytes of the answer so far, those included that are not checked yet
     * @param nanos since the fetch began
     */
    @Nullable
    Outcome judge(int receivedBytes, long nanos);

    /** A fetch is too slow after that long, and not before. */
    static Pace within(Duration limit) {
        return (_, nanos) -> nanos > limit.toNanos() ? new Outcome.Slow() : null;
    }
}
