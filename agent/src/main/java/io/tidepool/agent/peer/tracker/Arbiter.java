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
    /** How many places that could serve are compared; more makes no difference, but work. */
    private static final int COMPARED = 32;
    /** A chunk that a host lacks although it was just given a lease may be about to begin there. */
    private static final long BEGINNING_NANOS = 1_000_000_000L;

    private final long graceUntil;
    private final TrackedHosts hosts;
    private final Leases leases;
    private final TrackerCounts counts;

    /** @param graceUntil before that, whoever has a chunk may not have announced it yet */
    Arbiter(long graceUntil, TrackedHosts hosts, Leases leases, TrackerCounts counts) {
        this.graceUntil = graceUntil;
        this.hosts = hosts;
        this.leases = leases;
        this.counts = counts;
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
                if (!isStarving(chunk, wait)) {
                    about.wasSlow(now);
                }
            }
            case MISSING -> {
                Lease lease = place == null ? null : place.lease();
                if (lease == null || lease.ageNanos(now) >= BEGINNING_NANOS) {
                    if (lease != null) {
                        counts.add(Decision.LEASE_LOST);
                    }
                    return place;
                }
            }
            case BUSY, BROKEN -> {}
        }
        return about.isEjected(now) ? place : null;
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
        if (failure == null && last != null && last.host().isSource(now) && last.canFeed(asker)) {
            return from(chunk, asker, last, Decision.FROM_AGAIN);
        }
        if (failure != null && failure.reason() == Reason.SLOW && isStarving(chunk, wait)) {
            Answer answer = starving(chunk, wait, last, now);
            if (answer != null) {
                return answer;
            }
        }
        Place free = null;
        Place crowded = null;
        long bestFree = Long.MAX_VALUE;
        long bestCrowded = Long.MAX_VALUE;
        @Nullable Place[] places = chunk.places();
        int start = places.length == 0 ? 0 : Math.floorMod(tie(chunk, asker, asker.host()), places.length);
        int compared = 0;
        for (int i = 0; i < places.length && compared < COMPARED; i++) {
            Place place = places[start + i < places.length ? start + i : start + i - places.length];
            if (place == null
                    || !place.host().isSource(now)
                    || !place.canFeed(asker)
                    || wait.excludes(place.host(), now)) {
                continue;
            }
            compared++;
            long rank = rank(chunk, asker, place, now);
            if (place.children() < FAN_OUT && place.host().hasFreeSlot()) {
                if (rank < bestFree) {
                    bestFree = rank;
                    free = place;
                }
            } else if (rank < bestCrowded) {
                bestCrowded = rank;
                crowded = place;
            }
        }
        if (free != null) {
            return from(chunk, asker, free, Decision.FROM);
        }
        if (crowded != null) {
            return wait.isPatient(now) ? null : from(chunk, asker, crowded, Decision.CROWDED);
        }
        return nobody(chunk, wait, now);
    }

    /** The asker waits for the origin. If a lease is slow beside others, it gets one of its own; else it goes on. */
    private @Nullable Answer starving(TrackedChunk chunk, Waiting wait, @Nullable Place last, long now) {
        Place asker = wait.asker();
        Place leased = chunk.leasedPlace(asker);
        if (leased != null && chunk.leaseCount() < 2 && leases.isSlow(Objects.requireNonNull(leased.lease()), now)) {
            return lease(chunk, asker, Decision.DOUBLE_SLOW, now);
        }
        return last != null && last.host().isSource(now) && last.canFeed(asker)
                ? from(chunk, asker, last, Decision.FROM_AGAIN)
                : null;
    }

    /** There is no host to send the asker to, however busy. */
    private @Nullable Answer nobody(TrackedChunk chunk, Waiting wait, long now) {
        Place asker = wait.asker();
        Place leased = chunk.leasedPlace(asker);
        if (leased == null) {
            if (now - graceUntil < 0) {
                return null;
            }
            boolean first = !chunk.wasEverLeased() && wait.want().failures().isEmpty();
            return lease(chunk, asker, first ? Decision.LEASE : Decision.LEASE_NEXT, now);
        }
        boolean reachable = leased.host().isSource(now) && !wait.isLostOn(leased.host());
        if (reachable && !(lastWasBusy(wait) && wait.isPatient(now))) {
            return from(chunk, asker, leased, Decision.FROM_AGAIN);
        }
        if (wait.isPatient(now)) {
            return null;
        }
        if (chunk.leaseCount() < 2) {
            return lease(chunk, asker, Decision.DOUBLE_UNREACHABLE, now);
        }
        return leased.host().host() == null ? null : from(chunk, asker, leased, Decision.FROM_AGAIN);
    }

    private static boolean lastWasBusy(Waiting wait) {
        Failure last = wait.last();
        return last != null && last.reason() == Reason.BUSY;
    }

    private Answer lease(TrackedChunk chunk, Place asker, Decision why, long now) {
        counts.add(why);
        chunk.lease(asker, leases.begin(asker.host(), now));
        return new Answer.Lease(chunk.index());
    }

    private Answer from(TrackedChunk chunk, Place asker, Place source, Decision why) {
        counts.add(why);
        asker.follow(source);
        return new Answer.From(
                chunk.index(), Objects.requireNonNull(source.host().host()), chunk.record());
    }

    /** The lowest is best: not slow of late, same zone, least loaded, furthest; then by lot, so that trackers differ. */
    private static long rank(TrackedChunk chunk, Place asker, Place place, long now) {
        long slow = place.host().isSlow(now) ? 1 : 0;
        long far = TrackedHosts.sameZone(asker.host(), place.host()) ? 0 : 1;
        long load = Math.min(place.host().load(), 0xFFFF);
        long lacks = place.isComplete() ? 0 : 15 - Math.min(place.landedBlocks(), 14);
        return slow << 54 | far << 53 | load << 36 | lacks << 32 | (tie(chunk, asker, place.host()) & 0xFFFFFFFFL);
    }

    private static int tie(TrackedChunk chunk, Place asker, TrackedHost host) {
        return (int)
                CellView.mix(((long) chunk.index() << 32) ^ ((long) asker.host().number() << 16) ^ host.number());
    }
}
