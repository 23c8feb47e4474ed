package io.tidepool.agent.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.TestAgent;
import io.tidepool.agent.api.client.TidepoolClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Ctrl-C does, in a process of its own (SIGTERM, which a JVM treats alike, for a build's children ignore SIGINT). */
@Timeout(60)
class StoppedCommandTest {
    private static final int CHUNK = 8 << 20;

    @TempDir
    Path directory;

    private Process start(TestAgent agent, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tidepool.agent.cli.Tidepool"));
        command.addAll(List.of(args));
        command.addAll(List.of("--socket", agent.socket().toString()));
        return new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void aStoppedReadLeavesNoPartAndNoCall() throws Exception {
        try (TestAgent agent = new TestAgent(directory.resolve("agent"));
                TidepoolClient client = agent.client()) {
            agent.put("file", 1, 3L * CHUNK);
            agent.allowChunks(1);
            Path part = directory.resolve("copy.part");
            Process read = start(agent, "read", "-o", directory.resolve("copy").toString(), "/m/file");
            try {
                while (!Files.exists(part) || Files.size(part) < CHUNK) {
                    assertThat(read.isAlive()).as("the command goes on").isTrue();
                    Thread.sleep(10);
                }
                read.destroy();
                assertThat(read.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(read.exitValue()).isEqualTo(143);
            } finally {
                read.destroyForcibly();
            }
            assertThat(part).doesNotExist();
            assertThat(directory.resolve("copy")).doesNotExist();
            while (client.status().getTraffic().getActiveReads() > 0) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void aStoppedWarmUpStopsTheAgentsWork() throws Exception {
        try (TestAgent agent = new TestAgent(directory.resolve("agent"))) {
            agent.put("file", 1, 20L * CHUNK);
            agent.allowChunks(1);
            Process warm = start(agent, "warm", "/m/file");
            try {
                while (agent.chunksAskedFor() < 2) {
                    assertThat(warm.isAlive()).as("the command goes on").isTrue();
                    Thread.sleep(10);
                }
                warm.destroy();
                assertThat(warm.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(warm.exitValue()).isEqualTo(143);
            } finally {
                warm.destroyForcibly();
            }
            assertThat(Files.readString(directory.resolve("err"), StandardCharsets.UTF_8))
                    .contains("stopped; what has arrived stays cached");
            agent.allowChunks(1_000);
            Thread.sleep(500);
            assertThat(agent.chunksAskedFor()).isLessThan(12);
        }
    }
}
