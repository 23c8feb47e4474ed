package io.tidepool.agent.peer.control;

import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Heartbeat;
import io.tidepool.agent.peer.tracker.Tracker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this host says to one tracker: when it must say that it lives, and whether the tracker does.
 *
 * <p>It says so rarely to a tracker that it told and asked nothing: all hosts of a cell talk to all, and each word costs both of
 * them a fraction of a millisecond. But a tracker must know at once of what it knows to be there, and whoever told it something
 * must know as soon as all others that another has taken over. For one thread; times are the caller's, in nanoseconds.
 */
final class Conversation {
    /** The tracker owes a word for that long: it is silent. */
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long its first word may take. */
    static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private @Nullable Link link;
    private boolean isNew = true;
    private boolean spoke;
    private boolean owed;
    private long owedSince;
    /** Whether the tracker is to hear at once that this host lives, or how it does from now on. */
    private boolean due = true;

    private long beatAt;

    /** Everything goes that way. */
    void over(Link way) {
        link = way;
    }

    void say(ToTracker message, long now) {
        due |= !spoke;
        spoke = true;
        send(message, now);
    }

    /**
     * Says that this host lives, if it is time to.
     *
     * @param load how busy this host is
     * @param realNow by a clock that goes on while this host stands still, as the tracker's does
     */
    void beat(Heartbeat load, long realNow, long now) {
        boolean idle = !spoke;
        long interval = idle ? Tracker.IDLE_HEARTBEAT_NANOS : Tracker.HEARTBEAT_NANOS;
        if (due || realNow - beatAt >= interval) {
            due = false;
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
