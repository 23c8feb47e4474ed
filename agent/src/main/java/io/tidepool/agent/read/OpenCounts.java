package io.tidepool.agent.read;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many handles are open, by edge. Thread-safe. */
final class OpenCounts {
    private final ConcurrentHashMap<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Metrics metrics;

    OpenCounts(Metrics metrics) {
        this.metrics = metrics;
    }

    void opened(String edge) {
        counts.computeIfAbsent(edge, this::register).incrementAndGet();
    }

    void closed(String edge) {
        counts.computeIfAbsent(edge, this::register).decrementAndGet();
    }

    private AtomicInteger register(String edge) {
        AtomicInteger count = new AtomicInteger();
        metrics.gauge(Metric.OPEN_FILES, count::get, edge);
        return count;
    }
}
