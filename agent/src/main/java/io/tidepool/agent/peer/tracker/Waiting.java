package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import org.jspecify.annotations.Nullable;

/**
 * A want of one host that has no answer yet. Immutable.
 *
 * @param since when it was first asked
 */
record Waiting(Place asker, Want want, long since) {
    /** A host that was busy may be asked again after that long. */
    private static final long BUSY_NANOS = Tracker.QUEUE_NANOS / 2;

    /** Whether it may wait a little for a place with room. */
    boolean awaitsRoom(long now) {
        return now - since < Tracker.ROOM_NANOS;
    }

    /** Whether it may wait for its source to come back, before it costs another fetch from the origin. */
    boolean isPatient(long now) {
        return now - since < Tracker.QUEUE_NANOS;
    }

    /**
     * Whether it may wait for another host to ask for the chunk, and fetch it, as its own has leases enough.
     *
     * @param shared whether others load as well; if not, they may be about to
     */
    boolean leavesLease(boolean shared, long now) {
        return !want.demand() && now - since < (shared ? Tracker.SHARE_NANOS : Tracker.ROOM_NANOS);
    }

    /** Why it asks again; null if it is the first time. */
    @Nullable
    Failure last() {
        return want.failures().isEmpty() ? null : want.failures().getLast();
    }

    /** How {@code host} failed the asker, for this chunk; null if it did not, or may be asked again. */
    @Nullable
    Reason failure(TrackedHost host, long now) {
        for (Failure failure : want.failures()) {
            if (failure.host().equals(host.id()) && (failure.reason() != Reason.BUSY || now - since < BUSY_NANOS)) {
                return failure.reason();
            }
        }
        return null;
    }

    /** Whether {@code host} failed the asker in a way that another try won't mend. */
    boolean isLostOn(TrackedHost host) {
        for (Failure failure : want.failures()) {
            if (failure.host().equals(host.id())
                    && failure.reason() != Reason.BUSY
                    && failure.reason() != Reason.SLOW) {
                return true;
            }
        }
        return false;
    }
}
