package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.ToTracker.Heartbeat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One host as a tracker knows it: when it was heard, how busy it is, and what others complain of. */
final class TrackedHost {
    /** Complaints of bad bytes from one host, or hosts that complain, that eject a host. */
    private static final int COMPLAINTS_OF_ONE = 3;

    private static final int COMPLAINERS = 2;
    private static final long EJECTION_NANOS = 600_000_000_000L;
    /** For how long a host that was slow for another comes after all others. */
    private static final long SLOW_NANOS = 5_000_000_000L;

    /** How much the last report counts for what a host usually sends: half of that is of the last two seconds. */
    private static final double NEWS = 0.2;
    /** Nobody sends more at a time. */
    private static final int MANY = 1 << 16;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final String id;
    private final int number;
    private @Nullable PeerHost host;
    private long heardAt;
    private boolean lost;
    /** Said so in its last message. */
    private boolean idle;
    /** Places, over all chunks here, that fetch from it now. */
    private int children;

    private int sent;
    /** What it sends to hosts that others sent there. */
    private int elsewhere;
    /** The same, as it has been for the last seconds. */
    private double usuallyElsewhere;

    private int slots = Integer.MAX_VALUE;
    private int leases;
    /** Leases that ended with the whole chunk in the second that {@link #second} begins, and in the one before. */
    private int done;

    private int doneBefore;
    private long second;
    private boolean ejected;
    private long ejectedUntil;
    private boolean slow;
    private long slowUntil;
    /** Which chunks it gave bad bytes of, by complainer. */
    private final Map<String, Set<Object>> complaints = new HashMap<>();

    /** @param number of the host among all hosts of the tracker, small */
    TrackedHost(String id, int number, @Nullable PeerHost host, long now) {
        this.id = id;
        this.number = number;
        this.host = host;
        this.heardAt = now;
        this.second = now;
    }

    String id() {
        return id;
    }

    int number() {
        return number;
    }

    /** What others need to find it; null while it is not in the tracker's view. */
    @Nullable
    PeerHost host() {
        return host;
    }

    void setHost(@Nullable PeerHost found) {
        host = found;
    }

    void heard(long now) {
        heardAt = now;
        lost = false;
        idle = false;
    }

    /** Whether nothing was heard for that long; an idle host says something {@link Tracker#IDLE_TIMES} as rarely. */
    boolean isSilentFor(long nanos, long now) {
        return now - heardAt >= (idle ? Tracker.IDLE_TIMES * nanos : nanos);
    }

    boolean isIdle() {
        return idle;
    }

    boolean isLost() {
        return lost;
    }

    void setLost() {
        lost = true;
    }

    void reported(Heartbeat heartbeat) {
        elsewhere = Math.clamp(heartbeat.uploads() - children, 0, MANY);
        usuallyElsewhere += NEWS * (elsewhere - usuallyElsewhere);
        slots = heartbeat.uploadSlots();
        idle = heartbeat.idle();
    }

    /** Another host found all its slots taken: that holds until it reports again. */
    void wasBusy() {
        elsewhere = Math.max(elsewhere, slots - children);
    }

    /** A place begins (1) or ends (-1) to fetch from it. */
    void addChildren(int count) {
        children += count;
    }

    int children() {
        return children;
    }

    /** How many places fetch from it, with those that other trackers sent there, as many as these were in the last seconds. */
    int load() {
        return children + (int) Math.round(usuallyElsewhere);
    }

    /** How many copies of whatever chunks others were told to fetch from it, so far. */
    int sent() {
        return sent;
    }

    void addSent(int copies) {
        sent += copies;
    }

    boolean hasFreeSlot() {
        return children + elsewhere < slots;
    }

    void leaseBegins() {
        leases++;
    }

    /** @param whole whether it has the chunk now */
    void leaseEnded(boolean whole, long now) {
        leases--;
        count(now);
        done += whole ? 1 : 0;
    }

    /** Leases that it holds here now. */
    int leases() {
        return leases;
    }

    /** How many chunks it brought from the origin in the last second or two. */
    int leasesDone(long now) {
        count(now);
        return done + doneBefore;
    }

    private void count(long now) {
        long seconds = (now - second) / SECOND_NANOS;
        if (seconds > 0) {
            doneBefore = seconds == 1 ? done : 0;
            done = 0;
            second += seconds * SECOND_NANOS;
        }
    }

    /** Whether others may be sent to it at all. */
    boolean isSource(long now) {
        return host != null && !isSilentFor(Tracker.SUSPECT_NANOS, now) && !isEjected(now);
    }

    boolean isSlow(long now) {
        return slow && now - slowUntil < 0;
    }

    void wasSlow(long now) {
        slow = true;
        slowUntil = now + SLOW_NANOS;
    }

    boolean isEjected(long now) {
        return ejected && now - ejectedUntil < 0;
    }

    /** {@code complainer} got bad bytes of {@code chunk} from it; returns whether that ejects it. */
    boolean wasCorrupt(String complainer, Object chunk, long now) {
        complaints.computeIfAbsent(complainer, _ -> new HashSet<>()).add(chunk);
        if (isEjected(now)
                || (complaints.size() < COMPLAINERS
                        && complaints.values().stream().noneMatch(chunks -> chunks.size() >= COMPLAINTS_OF_ONE))) {
            return false;
        }
        complaints.clear();
        ejected = true;
        ejectedUntil = now + EJECTION_NANOS;
        return true;
    }
}
