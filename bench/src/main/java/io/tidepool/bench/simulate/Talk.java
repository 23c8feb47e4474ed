package io.tidepool.bench.simulate;

import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.Tracker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a host says to trackers and hears from them, and whom it takes for alive: as the agent's sessions do. */
final class Talk {
    private static final long SILENT_NANOS = 2_000_000_000L;
    private static final long AVOID_NANOS = 5_000_000_000L;

    private final Cell cell;
    private final SimHost self;
    /** When each tracker was heard last that it talks with. */
    private final Map<SimHost, Long> heard = new LinkedHashMap<>();

    private final Map<String, Long> avoidedUntil = new LinkedHashMap<>();
    private CellView members;
    private CellView view;
    private long lastHeartbeat;

    Talk(Cell cell, SimHost self, CellView members) {
        this.cell = cell;
        this.self = self;
        this.members = members;
        this.view = members;
    }

    CellView view() {
        return view;
    }

    void viewChanged(CellView changed) {
        members = changed;
        heard.keySet().removeIf(host -> !changed.contains(host.id()));
        avoidedUntil.keySet().removeIf(id -> !changed.contains(id));
        self.tracker().viewChanged(changed, cell.queue().now());
        look();
    }

    /** Says something to whoever tracks {@code message}'s stretch. */
    void send(Stretch stretch, ToTracker message) {
        SimHost to = cell.host(view.tracker(stretch).id());
        if (to != null) {
            heard.putIfAbsent(to, cell.queue().now());
            if (!cell.connects(self, to)) {
                lost(to);
                return;
            }
            cell.send(self, to, () -> to.told(self.id(), message));
        }
    }

    /** Hears {@code tracker}; a heartbeat comes the short way. */
    void hear(SimHost tracker, FromTracker message) {
        heard.replace(tracker, cell.queue().now());
        if (message instanceof FromTracker.Heartbeat) {
            avoidedUntil.remove(tracker.id());
        } else {
            self.heard(message);
        }
    }

    /** To be called ten times a second. */
    void tick() {
        long now = cell.queue().now();
        List<SimHost> silent = new ArrayList<>();
        heard.forEach((tracker, at) -> {
            if (now - at > SILENT_NANOS) {
                silent.add(tracker);
            }
        });
        silent.forEach(this::lost);
        if (!avoidedUntil.isEmpty()) {
            look();
        }
        if (now - lastHeartbeat >= Tracker.HEARTBEAT_NANOS) {
            lastHeartbeat = now;
            ToTracker.Heartbeat beat =
                    new ToTracker.Heartbeat(self.uploads(), cell.plan().uploadSlots());
            for (SimHost tracker : heard.keySet()) {
                if (cell.connects(self, tracker)) {
                    cell.counts().heartbeats++;
                    tracker.told(self.id(), beat);
                }
            }
        }
    }

    private void lost(SimHost tracker) {
        heard.remove(tracker);
        if (members.contains(tracker.id()) && tracker != self) {
            avoidedUntil.put(tracker.id(), cell.queue().now() + AVOID_NANOS);
            // Not within what it was about to say.
            cell.queue().in(0, () -> {
                if (self.isAlive()) {
                    look();
                }
            });
        }
    }

    /** Looks who is there, and turns to other trackers where that changed. */
    private void look() {
        long now = cell.queue().now();
        Set<String> left = new HashSet<>();
        avoidedUntil.forEach((id, until) -> {
            if (now - until < 0) {
                left.add(id);
            }
        });
        CellView before = view;
        CellView after = members.without(left);
        if (!after.equals(before)) {
            view = after;
            turn(before, after);
        }
    }

    private void turn(CellView before, CellView after) {
        int stretches = (cell.sizes().chunks() + Stretch.CHUNKS - 1) / Stretch.CHUNKS;
        List<ChunkTask> asking = new ArrayList<>();
        for (int i = 0; i < stretches; i++) {
            Stretch stretch = new Stretch(cell.version(), i);
            if (!before.isAlone() && before.tracker(stretch).equals(after.tracker(stretch))) {
                continue;
            }
            List<Held> held = self.held(stretch, asking);
            if (!held.isEmpty() && !after.isAlone()) {
                cell.counts().announcements++;
                send(stretch, new ToTracker.Holding(stretch, held));
            }
        }
        asking.forEach(ChunkTask::trackerSilent);
    }
}
