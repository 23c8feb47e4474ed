package io.tidepool.bench.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.bench.CommandRun;
import io.tidepool.bench.Machines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark as people run it, only much smaller; figures are not judged, except those that noise can't change. */
@Timeout(120)
final class HostCommandTest {
    private static final long SIZE = 16 << 20;

    @TempDir
    Path directory;

    @TempDir
    Path results;

    @Test
    void tableAndJsonTellTheSame() throws Exception {
        Machines.requireFuse();
        Path json = results.resolve("host.json");
        CommandRun bench = CommandRun.of(
                "bench",
                "host",
                "--size",
                "16MiB",
                "--repeat",
                "2",
                "--shaped",
                "200MB",
                "--json",
                json.toString(),
                "--dir",
                directory.toString());

        assertThat(bench.err()).isEmpty();
        assertThat(bench.exitCode()).isZero();
        assertThat(bench.out())
                .contains("8 curls into a file", "1 reader of the mount", "8 readers of the mount", "plain file");

        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("schema", "started", "machine", "size_bytes", "repeats", "comparisons");
        assertThat(report.path("schema").asText()).isEqualTo("tidepool.bench.host/2");
        assertThat(report.path("size_bytes").asLong()).isEqualTo(SIZE);
        assertThat(report.path("comparisons"))
                .extracting(comparison -> comparison.path("id").asText())
                .containsExactly(
                        "cold_unshaped",
                        "cold_shaped",
                        "random_order",
                        "readers",
                        "readers_shaped",
                        "first_byte",
                        "warm_first_touch");
        for (JsonNode comparison : report.path("comparisons")) {
            assertComparison(comparison, bench.out());
        }
        Machines.assertNothingLeft(directory);
    }

    private static void assertComparison(JsonNode comparison, String table) {
        String id = comparison.path("id").asText();
        assertThat(table).contains(comparison.path("title").asText());
        assertThat(comparison.path("speed_ratio").asDouble())
                .isCloseTo(
                        comparison.path("baseline").path("median_seconds").asDouble()
                                / comparison
                                        .path("contender")
                                        .path("median_seconds")
                                        .asDouble(),
                        within(1e-6));
        for (JsonNode summary : List.of(comparison.path("baseline"), comparison.path("contender"))) {
            assertThat(summary.path("runs")).hasSize(2);
            assertThat(summary.path("median_seconds").asDouble())
                    .isBetween(
                            summary.path("least_seconds").asDouble(),
                            summary.path("most_seconds").asDouble());
            for (JsonNode run : summary.path("runs")) {
                assertThat(run.path("seconds").asDouble()).isPositive();
                assertBytes(
                        id,
                        run.path("delivered_bytes").asLong(),
                        run.path("origin_bytes").asLong());
            }
        }
    }

    private static void assertBytes(String id, long delivered, long origin) {
        switch (id) {
            case "first_byte" -> {
                assertThat(delivered).isEqualTo(1);
                // curl's one byte; the mount's first chunk, of which some may be on its way when the client has ended.
                assertThat(origin).isBetween(1L, 4L * (8 << 20));
            }
            case "random_order" -> {
                // All but the headers.
                assertThat(delivered).isBetween(SIZE - (1 << 20), SIZE);
                assertThat(origin).isEqualTo(SIZE);
            }
            case "warm_first_touch" -> {
                assertThat(delivered).isEqualTo(SIZE);
                assertThat(origin).isZero();
            }
            default -> {
                assertThat(delivered).isIn(SIZE, 8 * SIZE);
                assertThat(origin).isEqualTo(SIZE);
            }
        }
    }

    @Test
    void wrongUsageIsSaidInOneLineAndAHint() {
        assertUsageError("--size must be at least 8.0 MiB", "--size", "1MiB");
        assertUsageError("--repeat must be from 1 to 100", "--repeat", "0");
        assertUsageError("--shaped must be above 0", "--shaped", "0");
        assertUsageError("'soon' is not a size", "--shaped", "soon");
    }

    private static void assertUsageError(String message, String... arguments) {
        String[] line = new String[arguments.length + 2];
        line[0] = "bench";
        line[1] = "host";
        System.arraycopy(arguments, 0, line, 2, arguments.length);
        CommandRun run = CommandRun.of(line);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines().findFirst().orElse("")).contains(message);
        assertThat(run.err()).contains("Try 'tidepool bench host --help'.").doesNotContain("\tat ");
    }
}
