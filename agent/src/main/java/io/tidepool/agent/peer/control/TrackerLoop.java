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
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that this host's {@link Tracker} lives on, and the ways to the hosts that talk to it. Thread-safe. */
public final class TrackerLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrackerLoop.class);
    private static final long TICK_MILLIS = 50;

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tracker").factory());
    private final Map<String, Consumer<FromTracker>> hosts = new HashMap<>();
    private final LoopClock clock = new LoopClock();
    private final Tracker tracker;
    private final Metrics metrics;
    /** What the metrics know of the tracker's decisions. */
    private final Map<Decision, Long> counted = new EnumMap<>(Decision.class);

    private volatile int stretches;

    public TrackerLoop(CellView view, Metrics metrics) {
        this.metrics = metrics;
        this.tracker = new Tracker(view, this::send, clock.nanos());
        metrics.gauge(Metric.TRACKER_STRETCHES, () -> stretches);
        var _ = loop.scheduleWithFixedDelay(guarded(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The hosts of the cell are others now. */
    public void viewChanged(CellView view) {
        post(() -> {
            hosts.keySet().removeIf(host -> view.host(host).isEmpty());
            tracker.viewChanged(view, clock.nanos());
        });
    }

    /** {@code host} can be told things through {@code out}, which is called on the loop and must not block. */
    void connected(String host, Consumer<FromTracker> out) {
        post(() -> hosts.put(host, out));
    }

    /** {@code host} says something. */
    void received(String host, ToTracker message) {
        post(() -> tracker.receive(host, message, clock.nanos()));
    }

    /** The way {@code out} to {@code host} is no more; a newer one stays. */
    void disconnected(String host, Consumer<FromTracker> out) {
        post(() -> hosts.remove(host, out));
    }

    private void send(String host, FromTracker message) {
        Consumer<FromTracker> out = hosts.get(host);
        if (out != null) {
            out.accept(message);
        }
    }

    private void tick() {
        tracker.tick(clock.nanos());
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

    private void post(Runnable work) {
        try {
            loop.execute(guarded(work));
        } catch (RejectedExecutionException e) {
            log.trace("closed");
        }
    }

    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.error("the tracker failed unexpectedly", e);
            }
        };
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
