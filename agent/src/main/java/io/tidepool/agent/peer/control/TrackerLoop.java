package io.tidepool.agent.peer.control;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.Decision;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.Tracker;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The one thread that this host's {@link Tracker} lives on, and the ways to the hosts that talk to it. Thread-safe. */
public final class TrackerLoop implements AutoCloseable {
    private static final long TICK_MILLIS = 50;

    private final ControlLoop loop = new ControlLoop("tracker");
    private final Map<String, Consumer<FromTracker>> hosts = new HashMap<>();
    private final Tracker tracker;
    private final Metrics metrics;
    /** What the metrics know of the tracker's decisions. */
    private final Map<Decision, Long> counted = new EnumMap<>(Decision.class);

    private volatile int stretches;

    public TrackerLoop(CellView view, Metrics metrics) {
        this.metrics = metrics;
        this.tracker = new Tracker(view, this::send, loop.nanos());
        metrics.gauge(Metric.TRACKER_STRETCHES, () -> stretches);
        loop.onStandstill(tracker::stoodStill);
        loop.every(TICK_MILLIS, this::tick);
    }

    /**
     * The hosts of the cell are others now. The ways to those that left stay until they break: a host that membership has
     * expelled and takes back goes on talking over the way that it has.
     */
    public void viewChanged(CellView view) {
        loop.post(() -> tracker.viewChanged(view, loop.nanos()));
    }

    /** {@code host} can be told things through {@code out}, which is called on the loop and must not block. */
    void connected(String host, Consumer<FromTracker> out) {
        loop.post(() -> hosts.put(host, out));
    }

    /** {@code host} says something. */
    void received(String host, ToTracker message) {
        loop.post(() -> tracker.receive(host, message, loop.nanos()));
    }

    /** The way {@code out} to {@code host} is no more; a newer one stays. */
    void disconnected(String host, Consumer<FromTracker> out) {
        loop.post(() -> hosts.remove(host, out));
    }

    private void send(String host, FromTracker message) {
        Consumer<FromTracker> out = hosts.get(host);
        if (out != null) {
            out.accept(message);
        }
    }

    private void tick() {
        tracker.tick(loop.nanos());
        stretches = tracker.stretches();
        for (Decision decision : Decision.values()) {
            long now = tracker.counts().of(decision);
            long more = now - counted.getOrDefault(decision, 0L);
            if (more > 0) {
                counted.put(decision, now);
                metrics.add(
                        Metric.TRACKER_DECISIONS, (double) more, decision.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
