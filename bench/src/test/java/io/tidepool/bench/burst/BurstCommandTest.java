package io.tidepool.bench.burst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.bench.CommandRun;
import io.tidepool.bench.Machines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A burst as people run it, only much smaller: times are not judged, bytes are. */
@Timeout(300)
final class BurstCommandTest {
    private static final int HOSTS = 3;
    private static final long SIZE = 16 << 20;

    @TempDir
    Path directory;

    @TempDir
    Path results;

    @Test
    void everyModeBringsTheRightBytesToAllHosts() throws Exception {
        Machines.requireFuse();
        Machines.requireNetwork();
        Path json = results.resolve("burst.json");
        CommandRun bench = CommandRun.of(
                "bench",
                "burst",
                "--hosts=" + HOSTS,
                "--size=16MiB",
                "--shards=2",
                "--warmup=0",
                "--mode=all",
                "--json=" + json,
                "--chart=" + results.resolve("burst"),
                "--dir=" + directory);

        assertThat(bench.err()).isEmpty();
        assertThat(bench.exitCode()).isZero();
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.path("schema").asText()).isEqualTo("tidepool.bench.burst/1");
        List<String> modes = new ArrayList<>();
        for (JsonNode run : report.path("runs")) {
            modes.add(run.path("mode").asText());
            assertRun(run);
        }
        assertThat(modes).containsExactly("tidepool", "direct", "nas", "chain");
        assertThat(bench.out()).contains(modes);
        assertThat(results.resolve("burst.png")).isNotEmptyFile();
        assertThat(results.resolve("burst.svg")).content().contains("Load time of one model", "lower bound");
        Machines.assertNothingLeft(directory);
    }

    @Test
    void aKilledHostHarmsNobodyAndARestartCostsTheBucketNothing() throws Exception {
        Machines.requireFuse();
        Machines.requireNetwork();
        Path json = results.resolve("faults.json");
        CommandRun bench = CommandRun.of(
                "bench",
                "burst",
                "--hosts=" + HOSTS,
                "--size=32MiB",
                "--shards=2",
                "--nic=60Mbit",
                "--oss=60Mbit",
                "--warmup=0",
                "--scenario=restart",
                "--fault=kill",
                "--victim=1",
                "--tls",
                "--json=" + json,
                "--dir=" + directory);

        assertThat(bench.err()).isEmpty();
        assertThat(bench.exitCode()).isZero();
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.path("tls").asBoolean()).isTrue();
        assertThat(report.path("victim").asInt()).isEqualTo(1);
        JsonNode runs = report.path("runs");
        Map<String, JsonNode> byName = new HashMap<>();
        runs.forEach(run -> byName.put(run.path("scenario").asText(), run));
        assertThat(byName).containsOnlyKeys("restart", "kill");
        assertThat(byName.get("restart").path("origin_bytes").asLong()).isZero();
        JsonNode kill = byName.get("kill");
        assertThat(kill.path("loads"))
                .as("of those that live")
                .extracting(load -> load.path("host").asText())
                .containsExactly("h2", "h3");
        assertThat(kill.path("failed_loads").asInt()).isZero();
        assertThat(kill.path("wrong_loads").asInt()).isZero();
        assertThat(kill.path("origin_amplification").asDouble()).isBetween(0.98, (double) HOSTS);
        Machines.assertNothingLeft(directory);
    }

    private static void assertRun(JsonNode run) {
        assertThat(run.path("hosts").asInt()).isEqualTo(HOSTS);
        assertThat(run.path("loads")).hasSize(HOSTS);
        double slowest = 0;
        for (JsonNode load : run.path("loads")) {
            assertThat(load.path("failure").asText()).isEmpty();
            assertThat(load.path("wrong_bytes").asBoolean()).isFalse();
            assertThat(load.path("bytes").asLong()).isBetween(SIZE, SIZE + 10_000);
            slowest = Math.max(slowest, load.path("seconds").asDouble());
        }
        assertThat(run.path("slowest_seconds").asDouble()).isEqualTo(slowest);
        // The links are real: nothing is faster than they are, but for what their buckets let through at once.
        assertThat(run.path("slowest_to_bound").asDouble()).isGreaterThan(0.9);
        double amplification = run.path("origin_amplification").asDouble();
        switch (run.path("mode").asText()) {
            // On a busy machine a chunk may come twice, and there are but a few.
            case "tidepool" -> assertThat(amplification).isBetween(0.98, 0.75 * HOSTS);
            case "chain" -> assertThat(amplification).isCloseTo(1, within(0.02));
            default -> assertThat(amplification).isCloseTo(HOSTS, within(0.02));
        }
    }

    @Test
    void wrongUsageIsSaidInOneLine() {
        assertUsageError("there is no mode 'rsync'", "--mode", "rsync");
        assertUsageError("'fast' is not a bandwidth", "--nic", "fast");
        assertUsageError("--hosts must be from 1 to 64", "--hosts", "4,100");
        assertUsageError("--size must be at least 1 MiB a shard", "--size", "2MiB");
    }

    private static void assertUsageError(String message, String... arguments) {
        List<String> line = new ArrayList<>(List.of("bench", "burst"));
        line.addAll(List.of(arguments));
        CommandRun run = CommandRun.of(line.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines().findFirst().orElse("")).contains(message);
    }
}
