package io.tidepool.agent.peer.tracker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All hosts that a tracker has heard, numbered from 0 on so that arrays can be indexed by host. */
final class TrackedHosts {
    private final Map<String, TrackedHost> byId = new LinkedHashMap<>();
    private final Deque<Integer> freeNumbers = new ArrayDeque<>();
    private int numbers;
    private CellView view;

    TrackedHosts(CellView view) {
        this.view = view;
    }

    /** The host with {@code id}, which was heard just now. */
    TrackedHost heard(String id, long now) {
        TrackedHost host = byId.get(id);
        if (host == null) {
            Integer free = freeNumbers.poll();
            host = new TrackedHost(
                    id, free == null ? numbers++ : free, view.host(id).orElse(null), now);
            byId.put(id, host);
        }
        host.heard(now);
        return host;
    }

    /** Number of hosts in the view. */
    int inView() {
        return view.size();
    }

    /** Null if it was never heard, or is gone. */
    @Nullable
    TrackedHost known(String id) {
        return byId.get(id);
    }

    /** Returns the hosts that left; they stay known until {@link #remove}. */
    List<TrackedHost> viewChanged(CellView changed) {
        List<TrackedHost> gone = new ArrayList<>();
        for (TrackedHost host : byId.values()) {
            boolean wasIn = host.host() != null;
            host.setHost(changed.host(host.id()).orElse(null));
            if (wasIn && host.host() == null) {
                gone.add(host);
            }
        }
        view = changed;
        return gone;
    }

    void remove(TrackedHost host) {
        byId.remove(host.id());
        freeNumbers.add(host.number());
    }

    /** The hosts that have been silent for too long, each once for every time. */
    List<TrackedHost> newlyLost(long now) {
        List<TrackedHost> lost = new ArrayList<>();
        for (TrackedHost host : byId.values()) {
            if (!host.isLost() && host.isSilentFor(Tracker.LOST_NANOS, now)) {
                host.setLost();
                lost.add(host);
            }
        }
        return lost;
    }

    /** Idle ones aside, who have nothing to hear. */
    void forEachHeardLately(long now, Consumer<TrackedHost> action) {
        for (TrackedHost host : byId.values()) {
            if (!host.isIdle() && !host.isSilentFor(Tracker.LATELY_NANOS, now)) {
                action.accept(host);
            }
        }
    }

    /** Whether {@code one} and {@code other} stand in the same zone. */
    static boolean sameZone(TrackedHost one, TrackedHost other) {
        PeerHost a = one.host();
        PeerHost b = other.host();
        return a != null && b != null && a.zone().equals(b.zone());
    }
}
