package io.tidepool.agent.peer.tracker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One chunk: its record, its places, and who waits for an answer. */
final class TrackedChunk {
    private static final Place[] NONE = {};

    private final int index;
    private ChunkSums record = ChunkSums.NONE;
    /** By the number of their host; null where the host has no place. The length is a power of two, or 0. */
    private @Nullable Place[] places = NONE;

    private int placeCount;
    private int wholeCount;
    private int leaseCount;
    private boolean everLeased;
    private final List<Waiting> waiting = new ArrayList<>(0);

    TrackedChunk(int index) {
        this.index = index;
    }

    /** Index in the object. */
    int index() {
        return index;
    }

    ChunkSums record() {
        return record;
    }

    void setRecord(ChunkSums known) {
        record = known;
    }

    /** Those that wait. */
    List<Waiting> waiting() {
        return waiting;
    }

    /** How {@code place} waits; null if it doesn't. */
    @Nullable
    Waiting waiting(Place place) {
        for (Waiting each : waiting) {
            if (each.asker() == place) {
                return each;
            }
        }
        return null;
    }

    /** How many leases are alive. */
    int leaseCount() {
        return leaseCount;
    }

    /** How many places have all of it. */
    int wholeCount() {
        return wholeCount;
    }

    /** Whether {@code place} has all of it, from now on. */
    void setWhole(Place place, boolean whole) {
        if (place.isComplete() != whole) {
            place.setComplete(whole);
            wholeCount += whole ? 1 : -1;
        }
    }

    boolean wasEverLeased() {
        return everLeased;
    }

    boolean isEmpty() {
        return placeCount == 0 && waiting.isEmpty();
    }

    /** Indexed by host number, a power of two of them or none; for reading. */
    @Nullable
    Place[] places() {
        return places;
    }

    void forEachPlace(Consumer<Place> action) {
        for (Place place : places) {
            if (place != null) {
                action.accept(place);
            }
        }
    }

    @Nullable
    Place known(TrackedHost host) {
        return host.number() < places.length ? places[host.number()] : null;
    }

    Place place(TrackedHost host) {
        Place place = known(host);
        if (place == null) {
            if (host.number() >= places.length) {
                places = Arrays.copyOf(places, Integer.highestOneBit(host.number() | 1) * 2);
            }
            place = new Place(host);
            places[host.number()] = place;
            placeCount++;
        }
        return place;
    }

    /** A place that fetches from the origin, not {@code other}'s; null if there is none. */
    @Nullable
    Place leasedPlace(Place other) {
        if (leaseCount > 0) {
            for (Place place : places) {
                if (place != null && place != other && place.lease() != null) {
                    return place;
                }
            }
        }
        return null;
    }

    void lease(Place place, Lease lease) {
        place.leave();
        place.setLease(lease);
        leaseCount++;
        everLeased = true;
    }

    /** Ends the lease of {@code place}; returns it, null if there was none. */
    @Nullable
    Lease endLease(Place place) {
        Lease lease = place.lease();
        if (lease != null) {
            place.setLease(null);
            leaseCount--;
        }
        return lease;
    }

    /** Takes a place without lease away. Those that fetched from it have no parent then; they will find out, and ask. */
    void remove(Place place) {
        place.leave();
        setWhole(place, false);
        if (place.children() > 0) {
            forEachPlace(child -> {
                if (child.parent() == place) {
                    child.leave();
                }
            });
        }
        places[place.host().number()] = null;
        placeCount--;
        stopWaiting(place);
        if (placeCount == 0) {
            record = ChunkSums.NONE;
        }
    }

    void stopWaiting(Place place) {
        if (!waiting.isEmpty()) {
            waiting.removeIf(each -> each.asker() == place);
        }
    }
}
