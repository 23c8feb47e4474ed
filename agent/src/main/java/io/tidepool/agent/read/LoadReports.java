package io.tidepool.agent.read;

import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loads that are going on, and the reports of the last ones. Thread-safe. */
public final class LoadReports {
    private static final Logger log = LoggerFactory.getLogger(LoadReports.class);
    private static final int KEPT_REPORTS = 100;
    /** A pause longer than a loader's between two shards ends the load; a later read begins another. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final ConcurrentHashMap<String, Load> active = new ConcurrentHashMap<>();
    private final Deque<LoadReport> recent = new ArrayDeque<>();
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Metrics metrics;

    public LoadReports(InstantSource clock, LongSupplier nanos, Metrics metrics) {
        this.clock = clock;
        this.nanos = nanos;
        this.metrics = metrics;
    }

    /** The load of {@code model} that is going on, begun now if there is none. */
    Load load(String model) {
        return active.computeIfAbsent(model, m -> new Load(m, clock.instant(), nanos.getAsLong()));
    }

    void filled(FillReport fill) {
        active.values().forEach(load -> load.filled(fill));
    }

    /** Ends the loads that have been quiet; called every second or so. */
    void sweep() {
        long now = nanos.getAsLong();
        for (Iterator<Load> i = active.values().iterator(); i.hasNext(); ) {
            Load load = i.next();
            if (load.isOver(now, IDLE)) {
                i.remove();
                load.end();
                if (load.wasRead()) {
                    add(load.report(false));
                }
            }
        }
    }

    private void add(LoadReport report) {
        metrics.increment(Metric.LOADS);
        log.info(
                "{} {}: read {} of {} bytes in {} ms, from origin {} (amplification {}), from peers {}, {} waits of {} ms",
                report.readBytes() < report.modelBytes() ? "loaded a part of" : "loaded",
                report.model(),
                report.readBytes(),
                report.modelBytes(),
                report.duration().toMillis(),
                report.originBytes(),
                String.format("%.2f", report.originAmplification()),
                report.peerBytes(),
                report.waits(),
                report.waited().toMillis());
        synchronized (recent) {
            recent.addFirst(report);
            if (recent.size() > KEPT_REPORTS) {
                recent.removeLast();
            }
        }
    }

    /** The loads going on, then the ended ones, latest first; at most 100 of those. */
    public List<LoadReport> recent() {
        List<LoadReport> reports = new ArrayList<>();
        active.values().stream().filter(Load::wasRead).forEach(load -> reports.add(load.report(true)));
        synchronized (recent) {
            reports.addAll(recent);
        }
        return reports;
    }
}
