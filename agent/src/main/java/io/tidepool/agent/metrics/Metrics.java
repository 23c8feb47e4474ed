package io.tidepool.agent.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The agent's registry of {@link Metric}s. Thread-safe; recording costs a map look-up and an atomic add.
 *
 * <p>One agent has one; tests make their own and read {@link #count}.
 */
public final class Metrics {
    private record Series(Metric metric, List<String> labelValues) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ConcurrentHashMap<Series, Counter> counters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Series, Timer> timers = new ConcurrentHashMap<>();

    /** Adds {@code amount} to a counter; {@code labelValues} in the order of {@link Metric#labels()}. */
    public void add(Metric metric, double amount, String... labelValues) {
        counter(series(metric, Metric.Type.COUNTER, labelValues)).increment(amount);
    }

    public void increment(Metric metric, String... labelValues) {
        add(metric, 1, labelValues);
    }

    /** Records one duration in nanoseconds. */
    public void time(Metric metric, long nanos, String... labelValues) {
        timer(series(metric, Metric.Type.TIMER, labelValues)).record(Duration.ofNanos(nanos));
    }

    /** Registers the function that a gauge asks at each scrape; it must not block. */
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
        Series series = series(metric, Metric.Type.GAUGE, labelValues);
        Gauge.builder(metric.prometheusName(), value::getAsDouble)
                .description(metric.help())
                .tags(tags(series))
                .strongReference(true)
                .register(registry);
    }

    /** The value of a counter so far; 0 if nothing was counted. */
    public double count(Metric metric, String... labelValues) {
        Counter counter = counters.get(series(metric, Metric.Type.COUNTER, labelValues));
        return counter == null ? 0 : counter.count();
    }

    /** For the endpoint, and for binders of the JVM and of libraries. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    private Counter counter(Series series) {
        return counters.computeIfAbsent(
                series,
                s -> Counter.builder(s.metric().prometheusName())
                        .description(s.metric().help())
                        .tags(tags(s))
                        .register(registry));
    }

    private Timer timer(Series series) {
        return timers.computeIfAbsent(
                series,
                s -> Timer.builder(s.metric().prometheusName())
                        .description(s.metric().help())
                        .tags(tags(s))
                        .register(registry));
    }

    private static Series series(Metric metric, Metric.Type type, String... labelValues) {
        if (metric.type() != type || metric.labels().size() != labelValues.length) {
            throw new IllegalArgumentException(metric + " is a " + metric.type() + " with labels " + metric.labels()
                    + ", not a " + type + " with " + Arrays.toString(labelValues));
        }
        return new Series(metric, List.of(labelValues));
    }

    private static Tags tags(Series series) {
        Tags tags = Tags.empty();
        List<String> labels = series.metric().labels();
        for (int i = 0; i < labels.size(); i++) {
            tags = tags.and(
                    labels.get(i), Objects.requireNonNull(series.labelValues().get(i)));
        }
        return tags;
    }
}
