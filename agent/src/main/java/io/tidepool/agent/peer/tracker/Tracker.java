package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.ToTracker.Ask;
import io.tidepool.agent.peer.tracker.ToTracker.Gone;
import io.tidepool.agent.peer.tracker.ToTracker.Heartbeat;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Holding;
import io.tidepool.agent.peer.tracker.ToTracker.Landed;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import io.tidepool.agent.peer.tracker.ToTracker.Wrong;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one host remembers of the stretches that it tracks, and how it decides: who fetches a chunk from the origin, and who
 * fetches it from whom.
 *
 * <p>For each chunk there are a record of its checksums, and the {@linkplain Place places} where it is or where it is
 * landing. The places form trees: a root has the whole chunk, or a lease to fetch it from the origin; everybody else
 * fetches from a parent. Invariants:
 *
 * <ul>
 *   <li>one lease at a time a chunk, unless the holder of the first is slow or out of the asker's reach (each such second
 *       lease is counted), or hosts announce what an earlier tracker granted;
 *   <li>no host is sent to one that, directly or not, fetches the same chunk from it;
 *   <li>a place has at most two children, unless an asker has waited {@link #ROOM_NANOS} in vain, or found it slow before;
 *   <li>a host that is not done with its leases gets no more, and nobody as long as those that are alive are as many as their
 *       blocks come soon of, unless a reader waits for the chunk, or nobody else has asked for it within {@link #SHARE_NANOS},
 *       {@link #ROOM_NANOS} where nobody else loads;
 *   <li>every want is answered within about {@link #QUEUE_NANOS}, {@link #GRACE_NANOS} where the tracker is new, or
 *       {@link #SHARE_NANOS}.
 * </ul>
 *
 * <p>Plain state: one thread, no clock (times are the caller's, in nanoseconds), no network (messages go out
 * through the {@link Outbox}, before the call that caused them returns, those of one stretch to one host in one message).
 * Memory is bounded by what the hosts hold; a stretch that nobody holds nor asks for is forgotten.
 */
public final class Tracker {
    /** How often each side says that it lives. */
    public static final long HEARTBEAT_NANOS = 500_000_000L;

    /** An idle host is taken for alive so many times as long. */
    static final int IDLE_TIMES = 10;
    /** How often a host says so that has told and asked nothing. */
    public static final long IDLE_HEARTBEAT_NANOS = IDLE_TIMES * HEARTBEAT_NANOS;

    /** How long a want may wait for a source with room, or for another host to show up. */
    static final long ROOM_NANOS = 200_000_000L;
    /** How long a want may wait for a source that it can reach. */
    static final long QUEUE_NANOS = 1_000_000_000L;
    /**
     * How long a want of a host that has enough leases may wait for another host to fetch the chunk, or for one of its own
     * leases to end: less than {@link ChunkFetch#ANSWER_NANOS}.
     */
    static final long SHARE_NANOS = 8_000_000_000L;
    /** How long a new tracker waits for holders to announce themselves before it grants a lease. */
    static final long GRACE_NANOS = 1_000_000_000L;
    /** A host silent for that long is no source. */
    static final long SUSPECT_NANOS = 3 * HEARTBEAT_NANOS;
    /** A host silent for that long has lost its leases. */
    static final long LOST_NANOS = 6 * HEARTBEAT_NANOS;
    /** A host silent for that long gets no heartbeats. */
    static final long LATELY_NANOS = 5_000_000_000L;
    /**
     * Leases of a stretch that has another tracker are over when nothing landed for that long since: their holders tell that
     * one.
     */
    static final long MOVED_NANOS = 5_000_000_000L;
    /** A stretch that nobody holds nor asks for is forgotten after that long. */
    static final long FORGET_NANOS = 600_000_000_000L;

    /** Where a tracker's messages go. */
    @FunctionalInterface
    public interface Outbox {
        void send(String hostId, FromTracker message);
    }

    private final TrackerCounts counts = new TrackerCounts();
    private final Outgoing outgoing;
    private final TrackedHosts hosts;
    private final Leases leases = new Leases();
    private final Map<Stretch, TrackedStretch> stretches = new HashMap<>();
    private CellView view;
    /** The view before the last change; null if there was none, or this host was alone in it. */
    private @Nullable CellView before;

    private long changedAt;
    /** Whether leases may be left of stretches that have another tracker. */
    private boolean hasMoved;

    private long nextHeartbeat;

    public Tracker(CellView view, Outbox outbox, long nowNanos) {
        this.view = view;
        this.changedAt = nowNanos - GRACE_NANOS;
        this.nextHeartbeat = nowNanos;
        this.outgoing = new Outgoing(outbox, counts);
        this.hosts = new TrackedHosts(view);
    }

    /**
     * The hosts of the cell are others now. What hosts were fetching that are gone is gone with them; what they had, once they
     * are silent: membership may take back whom it expelled, who then has no reason to announce himself again.
     */
    public void viewChanged(CellView changed, long nowNanos) {
        before = view.isAlone() ? null : view;
        changedAt = nowNanos;
        hasMoved = true;
        view = changed;
        for (TrackedHost gone : hosts.viewChanged(changed)) {
            boolean silent = gone.isSilentFor(SUSPECT_NANOS, nowNanos);
            stretches.values().forEach(stretch -> stretch.dropHost(gone, silent, nowNanos));
            if (silent) {
                hosts.remove(gone);
            }
        }
        outgoing.flush();
    }

    /**
     * This host stood still for a while: others may have turned to another tracker meanwhile, and announce themselves as they
     * come back. Stretches that begin now wait for that as those of a new tracker do.
     */
    public void stoodStill(long nowNanos) {
        before = null;
        changedAt = nowNanos;
    }

    /** {@code from} says {@code message}; it need not be in this host's view yet. */
    public void receive(String from, ToTracker message, long nowNanos) {
        counts.received();
        TrackedHost host = hosts.heard(from, nowNanos);
        switch (message) {
            case Ask ask -> {
                TrackedStretch stretch = stretch(ask.stretch(), nowNanos);
                for (Want want : ask.wants()) {
                    stretch.ask(host, want, nowNanos);
                }
            }
            case Landed landed -> stretch(landed.stretch(), nowNanos).landed(host, landed, nowNanos);
            case Holding holding -> {
                TrackedStretch stretch = stretch(holding.stretch(), nowNanos);
                for (Held held : holding.chunks()) {
                    stretch.holding(host, held, nowNanos);
                }
            }
            case Gone gone -> {
                TrackedStretch stretch = stretches.get(gone.stretch());
                if (stretch != null) {
                    for (int chunk : gone.chunks()) {
                        stretch.gone(host, chunk, nowNanos);
                    }
                }
            }
            case Wrong wrong -> wrong(wrong.stretch(), nowNanos);
            case Heartbeat heartbeat -> {
                host.reported(heartbeat);
                if (heartbeat.idle()) {
                    outgoing.heartbeat(from);
                }
            }
        }
        outgoing.flush();
    }

    /** To be called every 100 ms or more often: whatever follows from time alone. */
    public void tick(long nowNanos) {
        for (TrackedHost lost : hosts.newlyLost(nowNanos)) {
            boolean stranger = lost.host() == null;
            stretches.values().forEach(stretch -> stretch.dropHost(lost, stranger, nowNanos));
            if (stranger) {
                hosts.remove(lost);
            }
        }
        if (hasMoved && nowNanos - changedAt >= MOVED_NANOS) {
            hasMoved = dropMovedLeases(nowNanos);
        }
        stretches.values().removeIf(stretch -> {
            stretch.answerWaiting(nowNanos);
            return stretch.isForgettable(nowNanos);
        });
        outgoing.flush();
        if (nowNanos - nextHeartbeat >= 0) {
            nextHeartbeat = nowNanos + HEARTBEAT_NANOS;
            hosts.forEachHeardLately(nowNanos, host -> outgoing.heartbeat(host.id()));
        }
    }

    /** Returns whether some are left: their holders don't know of the change yet. */
    private boolean dropMovedLeases(long now) {
        boolean left = false;
        if (leases.size() > 0) {
            for (Map.Entry<Stretch, TrackedStretch> each : stretches.entrySet()) {
                if (!isMine(each.getKey(), view)) {
                    left |= each.getValue().dropIdleLeases(now - MOVED_NANOS, now);
                }
            }
        }
        return left;
    }

    /** What it decided so far; the same object, live, and like all of this for the tracker's thread only. */
    public TrackerCounts counts() {
        return counts;
    }

    /** Number of stretches that it knows something of. */
    public int stretches() {
        return stretches.size();
    }

    /** Number of leases that are alive. */
    public int leases() {
        return leases.size();
    }

    /** Number of wants that wait for an answer. */
    public int waiting() {
        return stretches.values().stream().mapToInt(TrackedStretch::waiting).sum();
    }

    /** The places of a chunk, for tests. */
    @Nullable
    TrackedChunk chunk(Stretch stretch, int chunk) {
        TrackedStretch known = stretches.get(stretch);
        return known == null ? null : known.known(chunk);
    }

    private TrackedStretch stretch(Stretch stretch, long now) {
        TrackedStretch known = stretches.get(stretch);
        if (known == null) {
            known = new TrackedStretch(stretch, graceUntil(stretch, now), hosts, leases, outgoing, counts);
            stretches.put(stretch, known);
            hasMoved |= !isMine(stretch, view);
        }
        known.touched(now);
        return known;
    }

    /** Until when holders may still be about to announce themselves here; a time that has passed if there are none. */
    private long graceUntil(Stretch stretch, long now) {
        if (view.isAlone()) {
            return now;
        }
        if (!isMine(stretch, view)) {
            return now + GRACE_NANOS;
        }
        return before != null && isMine(stretch, before) ? now : changedAt + GRACE_NANOS;
    }

    private static boolean isMine(Stretch stretch, CellView in) {
        return in.tracker(stretch).id().equals(in.self().id());
    }

    private void wrong(Stretch stretch, long now) {
        TrackedStretch known = stretches.get(stretch);
        if (known != null) {
            counts.add(Decision.WRONG);
            known.forgetAll(now);
        }
    }
}
