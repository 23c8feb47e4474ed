package io.tidepool.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/METRICS.md says what {@link Metric} says, and the endpoint serves it under those names. */
final class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/METRICS.md");
    private static final String INTRODUCTION = """
            # Metrics

            Served at `/metrics` of `metrics.address` (by default <http://127.0.0.1:9464/metrics>) for Prometheus. Beside it:
            `/-/healthy` answers 200 while the process lives, `/-/ready` 200 while it serves and else 503 with the reason.

            Base units: bytes and seconds. No label grows with the number of objects, paths or hosts. A timer is three series:
            `_count`, `_sum` and `_max` (the largest of the last minutes), in seconds.

            Origin amplification, the agent's first promise, over any time:
            `increase(tidepool_origin_bytes_total[1d]) / increase(tidepool_fill_bytes_total{tier="origin"}[1d])` is what retries
            and waste cost; a load's own is in its report (`tidepool report`).

            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """;
    private static final String END = """

            The JVM's and the process's own come from Micrometer under its names: `jvm_memory_…`, `jvm_gc_…`, `jvm_threads_…`,
            `jvm_buffer_…`, `process_cpu_…`, `process_files_…`, `process_uptime_seconds`, `system_cpu_…`.

            This page is made from the code; a test compares them. To write it anew:
            `./tidepool test -Dtest=MetricsPageTest -Dtidepool.writeDocs=true`.
            """;

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Metric metric : Metric.values()) {
            page.append("| `").append(String.join("`, `", seriesOf(metric))).append("` | ");
            page.append(metric.type().toString().toLowerCase(Locale.ROOT)).append(" | ");
            page.append(metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", ")));
            page.append(" | ").append(metric.help()).append(" |\n");
        }
        String expected = page.append(END).toString();
        if (Boolean.getBoolean("tidepool.writeDocs")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE))
                .as("./tidepool test -Dtest=MetricsPageTest -Dtidepool.writeDocs=true")
                .isEqualTo(expected);
    }

    @Test
    void everyNameIsServed() {
        Metrics metrics = new Metrics();
        for (Metric metric : Metric.values()) {
            String[] labels = metric.labels().toArray(String[]::new);
            switch (metric.type()) {
                case COUNTER -> metrics.increment(metric, labels);
                case GAUGE -> metrics.gauge(metric, () -> 1, labels);
                case TIMER -> metrics.time(metric, 1, labels);
            }
        }
        List<String> served = metrics.registry()
                .scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .toList();
        for (Metric metric : Metric.values()) {
            assertThat(served).containsAll(seriesOf(metric));
        }
    }

    private static List<String> seriesOf(Metric metric) {
        String name = metric.prometheusName();
        return switch (metric.type()) {
            case COUNTER -> List.of(name + "_total");
            case GAUGE -> List.of(name);
            case TIMER -> List.of(name + "_seconds_count", name + "_seconds_sum", name + "_seconds_max");
        };
    }
}
