package io.tidepool.agent.peer.control;

import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Heartbeat;
import io.tidepool.agent.peer.tracker.Tracker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this host says to one tracker: when it must say that it lives, and whether the tracker does.
 *
 * <p>It says so rarely where nothing is going on between the two: all hosts of a cell talk to all, and each word costs both of
 * them a fraction of a millisecond. For one thread; times are the caller's, in nanoseconds.
 */
final class Conversation {
    /** The tracker owes a word for that long: it is silent. */
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long its first word may take. */
    static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** So long after the last word, other than that this host lives, something is going on. */
    static final long ACTIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private @Nullable Link link;
    private boolean isNew = true;
    private boolean spoke;
    private long spokeAt;
    private boolean owed;
    private long owedSince;
    private boolean beaten;
    private boolean beatIdle;
    private long beatAt;

    /** Everything goes that way. */
    void over(Link way) {
        link = way;
    }

    void say(ToTracker message, long now) {
        spoke = true;
        spokeAt = now;
        send(message, now);
    }

    /**
     * Says that this host lives, if it is time to.
     *
     * @param load how busy this host is
     * @param fetches whether a fetch of this host depends on the tracker
     * @param realNow by a clock that goes on while this host stands still, as the tracker's does
     */
    void beat(Heartbeat load, boolean fetches, long realNow, long now) {
        boolean idle = !fetches && !(spoke && (load.uploads() > 0 || now - spokeAt < ACTIVE_NANOS));
        long interval = idle ? Tracker.IDLE_HEARTBEAT_NANOS : Tracker.HEARTBEAT_NANOS;
        if (!beaten || idle != beatIdle || realNow - beatAt >= interval) {
            beaten = true;
            beatIdle = idle;
            beatAt = realNow;
            send(new Heartbeat(load.uploads(), load.uploadSlots(), idle), now);
        }
    }

    private void send(ToTracker message, long now) {
        if (!owed) {
            owed = true;
            owedSince = now;
        }
        if (link != null) {
            link.send(message);
        }
    }

    void heard() {
        isNew = false;
        owed = false;
    }

    /** Nothing was heard yet. */
    boolean isNew() {
        return isNew;
    }

    boolean isSilent(long now) {
        return owed && now - owedSince > (isNew ? CONNECT_NANOS : SILENT_NANOS);
    }

    void close() {
        if (link != null) {
            link.close();
        }
    }
}
