package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides where an asker fetches a chunk from, and keeps the chunk's tree accordingly. */
final class Arbiter {
    /** How many places serve the same chunk to how many others each, before a third child is given to one. */
    static final int FAN_OUT = 2;
    /**
     * Each time that a place has sent a scarce chunk counts like so many chunks that its host sends now. Measured: with 2, hosts wait
     * for one that is ahead; with 6, those that go in step do worse (ADR 5).
     */
    private static final int SENT_LOAD = 4;

    /** Whether a place has sent a chunk more often than that makes no difference. */
    private static final int MOST_SENT = 7;
    /** How many places that could serve are looked at; more makes no difference, but work. */
    private static final int COMPARED = 16;
    /**
     * A chunk that a host lacks although it was given a lease may be about to begin there; and who complains of that may have
     * found it so before, if he had to ask again.
     */
    private static final long BEGINNING_NANOS = ChunkFetch.REPEAT_NANOS + 1_000_000_000L;

    /** That long after another host than before has asked, one may be alone again. */
    private static final long SHARED_NANOS = 15_000_000_000L;

    private final long graceUntil;
    private final TrackedHosts hosts;
    private final Leases leases;
    private final TrackerCounts counts;
    private @Nullable TrackedHost lastAsker;
    private boolean isShared;
    private long sharedAt;
    private long askedAt;

    /** @param graceUntil before that, whoever has a chunk may not have announced it yet */
    Arbiter(long graceUntil, TrackedHosts hosts, Leases leases, TrackerCounts counts) {
        this.graceUntil = graceUntil;
        this.hosts = hosts;
        this.leases = leases;
        this.counts = counts;
    }

    /** Hears who asks. */
    void asks(TrackedHost host, long now) {
        if (host != lastAsker) {
            isShared = lastAsker != null && now - askedAt < SHARED_NANOS;
            sharedAt = now;
            lastAsker = host;
        }
        askedAt = now;
    }

    /** Whether several hosts read here of late. */
    private boolean isShared(long now) {
        return isShared && now - sharedAt < SHARED_NANOS;
    }

    /** Hears why {@code wait} asks again. Returns the place that must go for it, null if none. */
    @Nullable
    Place complain(TrackedChunk chunk, Waiting wait, long now) {
        Failure failure = wait.last();
        TrackedHost about = failure == null ? null : hosts.known(failure.host());
        if (failure == null || about == null || about == wait.asker().host()) {
            return null;
        }
        Place place = chunk.known(about);
        switch (failure.reason()) {
            case CORRUPT -> {
                if (about.wasCorrupt(wait.asker().host().id(), chunk, now)) {
                    counts.add(Decision.EJECTION);
                }
            }
            case SLOW -> {
                // A host that is fetching itself gives what it gets; unless more has left the origin, and it got less.
                if (place != null && (place.isComplete() || lags(chunk, wait))) {
                    about.wasSlow(now);
                }
            }
            case MISSING -> {
                Lease lease = place == null ? null : place.lease();
                if (lease != null && lease.ageNanos(now) >= BEGINNING_NANOS) {
                    counts.add(Decision.LEASE_LOST);
                    return place;
                }
                if (place != null && place.isComplete()) {
                    return place;
                }
            }
            case BUSY -> {
                about.wasBusy();
                if (place != null) {
                    place.addSent(-1);
                }
            }
            case BROKEN -> {}
        }
        // One that still fetches it keeps its place, and gets its sums; nobody is sent to it.
        return place != null && place.isComplete() && about.isEjected(now) ? place : null;
    }

    /** Whether the asker has less than the record knows by more than what is on the way. */
    private static boolean lags(TrackedChunk chunk, Waiting wait) {
        return chunk.record().blocks() - wait.want().landedBlocks() > 1;
    }

    /** Whether the asker has all that the record knows: then what it waits for is the origin, not its source. */
    private static boolean isStarving(TrackedChunk chunk, Waiting wait) {
        return wait.want().landedBlocks() >= chunk.record().blocks();
    }

    void countWait(long now) {
        counts.add(now - graceUntil < 0 ? Decision.WAIT_GRACE : Decision.WAIT);
    }

    /**
     * The answer, by which the asker has its place in the tree already; null if it must wait.
     *
     * @param last where it fetched from before it asked, if that is known
     */
    @Nullable
    Answer decide(TrackedChunk chunk, Waiting wait, @Nullable Place last, long now) {
        Place asker = wait.asker();
        if (asker.lease() != null) {
            counts.add(Decision.LEASE_AGAIN);
            return new Answer.Lease(chunk.index());
        }
        Failure failure = wait.last();
        if (failure == null && last != null && last.host().isSource(now) && last.depthFor(asker) >= 0) {
            return from(chunk, asker, last, Decision.FROM_AGAIN);
        }
        if (failure != null && failure.reason() == Reason.SLOW && isStarving(chunk, wait)) {
            Answer answer = starving(chunk, wait, last, now);
            if (answer != null) {
                return answer;
            }
        }
        Choice choice = choose(chunk, wait, now);
        if (choice.free.place != null) {
            return from(chunk, asker, choice.free.place, Decision.FROM);
        }
        if (choice.crowded.place != null) {
            return wait.awaitsRoom(now) ? null : from(chunk, asker, choice.crowded.place, Decision.CROWDED);
        }
        if (failure != null && failure.reason() == Reason.SLOW && isRelay(last, asker, now)) {
            return from(chunk, asker, Objects.requireNonNull(last), Decision.FROM_AGAIN);
        }
        if (choice.busy) {
            return null;
        }
        // It is the asker who finds at last that a source is too slow to be asked again.
        return choice.slow.place != null
                ? from(chunk, asker, choice.slow.place, Decision.FROM_AGAIN)
                : nobody(chunk, wait, now);
    }

    /** The best places to fetch from, of those seen so far. */
    private static final class Choice {
        /** One that has room. */
        private final Pick free = new Pick();
        /** One that has none. */
        private final Pick crowded = new Pick();
        /** One that has all of it, but was slow. */
        private final Pick slow = new Pick();
        /** Whether there is one that the asker just found busy. */
        private boolean busy;
    }

    /** The best of some places that come in a random order; the first of equals. */
    private static final class Pick {
        private @Nullable Place place;
        private long rank = Long.MAX_VALUE;

        private void add(Place candidate, long itsRank) {
            if (itsRank < rank) {
                place = candidate;
                rank = itsRank;
            }
        }
    }

    private Choice choose(TrackedChunk chunk, Waiting wait, long now) {
        Choice choice = new Choice();
        boolean scarce = 2 * chunk.wholeCount() < hosts.inView();
        Place asker = wait.asker();
        @Nullable Place[] places = chunk.places();
        int lot = lot(chunk, asker);
        int stride = (lot >>> 16) | 1; // odd, and the length a power of two: each place comes once
        int compared = 0;
        for (int i = 0; i < places.length && compared < COMPARED; i++) {
            Place place = places[(lot + i * stride) & (places.length - 1)];
            int depth = place == null || !place.host().isSource(now) ? -1 : place.depthFor(asker);
            if (place == null || depth < 0) {
                continue;
            }
            Reason failure = wait.failure(place.host(), now);
            if (failure == null) {
                compared++;
                boolean free = place.children() < FAN_OUT && place.host().hasFreeSlot();
                (free ? choice.free : choice.crowded).add(place, rank(asker, place, depth, scarce, now));
            } else if (failure == Reason.BUSY) {
                choice.busy = true;
            } else if (failure == Reason.SLOW && place.isComplete()) {
                choice.slow.add(place, rank(asker, place, depth, scarce, now));
            }
        }
        return choice;
    }

    /** Whether {@code last} is still fetching the chunk itself, so that it is better than nobody however slow. */
    private static boolean isRelay(@Nullable Place last, Place asker, long now) {
        return last != null && !last.isComplete() && last.host().isSource(now) && last.depthFor(asker) >= 0;
    }

    /** The asker waits for the origin. If a lease is slow beside others, it gets one of its own; else it goes on. */
    private @Nullable Answer starving(TrackedChunk chunk, Waiting wait, @Nullable Place last, long now) {
        Place asker = wait.asker();
        Place leased = chunk.leasedPlace(asker);
        if (leased != null && chunk.leaseCount() < 2 && leases.isSlow(Objects.requireNonNull(leased.lease()), now)) {
            return lease(chunk, wait, Decision.DOUBLE_SLOW, now);
        }
        return last != null && last.host().isSource(now) && last.depthFor(asker) >= 0
                ? from(chunk, asker, last, Decision.FROM_AGAIN)
                : null;
    }

    /** There is no host to send the asker to, however busy. */
    private @Nullable Answer nobody(TrackedChunk chunk, Waiting wait, long now) {
        Place asker = wait.asker();
        Place leased = chunk.leasedPlace(asker);
        if (leased == null) {
            boolean enough = leases.areEnough() || leases.hasEnough(asker.host(), now);
            if (now - graceUntil < 0 || (enough && wait.leavesLease(isShared(now), now))) {
                return null;
            }
            boolean first = !chunk.wasEverLeased() && wait.want().failures().isEmpty();
            return lease(chunk, wait, first ? Decision.LEASE : Decision.LEASE_NEXT, now);
        }
        boolean reachable = leased.host().isSource(now) && !wait.isLostOn(leased.host());
        if (reachable && !(lastWasBusy(wait) && wait.isPatient(now))) {
            return from(chunk, asker, leased, Decision.FROM_AGAIN);
        }
        // What failed there may have failed before it had the lease.
        boolean isNew = Objects.requireNonNull(leased.lease()).ageNanos(now) < Tracker.QUEUE_NANOS;
        if (wait.isPatient(now) || isNew) {
            return null;
        }
        if (chunk.leaseCount() < 2) {
            return lease(chunk, wait, Decision.DOUBLE_UNREACHABLE, now);
        }
        return leased.host().host() == null ? null : from(chunk, asker, leased, Decision.FROM_AGAIN);
    }

    private static boolean lastWasBusy(Waiting wait) {
        Failure last = wait.last();
        return last != null && last.reason() == Reason.BUSY;
    }

    private Answer lease(TrackedChunk chunk, Waiting wait, Decision why, long now) {
        counts.add(why);
        Place asker = wait.asker();
        chunk.lease(asker, leases.begin(asker.host(), wait.want().landedBlocks(), now));
        return new Answer.Lease(chunk.index());
    }

    private Answer from(TrackedChunk chunk, Place asker, Place source, Decision why) {
        counts.add(why);
        asker.follow(source);
        if (why != Decision.FROM_AGAIN) {
            source.addSent(1);
        }
        return new Answer.From(
                chunk.index(), Objects.requireNonNull(source.host().host()), chunk.record(), source.isComplete());
    }

    /**
     * The lowest is best: not slow of late, in the same zone, least loaded, fewest copies sent so far, furthest. Depth counts like
     * load: it costs time, and more hosts that may fail; without it, trees would be chains. The copies sent so far matter where
     * links are full: a host that all find equally good must send no more than the others, or they wait for it in the end.
     *
     * <p>As long as few have the whole chunk, so does having sent it: where one host is ahead of all others, its link is the only
     * way to what it alone has, and what it sends a second time delays all of them.
     *
     * <p>The load is what this tracker knows itself. What hosts report is half a second old: all trackers would pick the
     * same few hosts until the next report, and these would be swamped while others idle. It serves to leave out hosts
     * that have no slot left; and where a chunk takes seconds, the mean of the last reports counts as well.
     */
    private long rank(Place asker, Place place, int depth, boolean scarce, long now) {
        long slow = place.host().isSlow(now) ? 1 : 0;
        long far = TrackedHosts.sameZone(asker.host(), place.host()) ? 0 : 1;
        int sent = scarce && place.isComplete() ? SENT_LOAD * Math.min(place.sent(), MOST_SENT) : 0;
        long lacks = place.isComplete() ? 0 : 15 - Math.min(place.landedBlocks(), 14);
        int children = leases.takeLong() ? place.host().load() : place.host().children();
        long load = (long) children + depth + sent;
        return slow << 61 | far << 60 | load << 35 | (long) place.host().sent() << 4 | lacks;
    }

    /** In which order to look: each time another one, and always the same for the same question. */
    private static int lot(TrackedChunk chunk, Place asker) {
        return (int) CellView.mix(((long) chunk.index() << 32) ^ asker.host().number());
    }
}
