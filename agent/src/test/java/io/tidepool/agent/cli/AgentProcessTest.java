package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.config.AgentConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's life without a mount: it starts whole or not at all, says whether it serves, and stops. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class AgentProcessTest {
    @TempDir
    Path directory;

    @BeforeEach
    void makeAnOrigin() throws Exception {
        Files.createDirectories(directory.resolve("origin/m"));
        Files.writeString(directory.resolve("origin/m/a"), "some bytes");
    }

    @Test
    void servesUntilItIsClosed() throws Exception {
        AgentProcess agent = AgentProcess.start(config(""));
        try (agent;
                TidepoolClient client = TidepoolClient.connect(socket().toString())) {
            assertThat(client.stat("/nas/m/a").getSizeBytes()).isEqualTo(10);
            assertThat(get(agent, "/-/ready").statusCode()).isEqualTo(200);
            assertThat(get(agent, "/metrics").body()).contains("tidepool_landing_limit_bytes 6.7108864E7\n");
            assertThat(agent.mount()).isNull();
        }
        assertThat(agent.notReady()).contains("stopping");
        assertThat(socket()).doesNotExist();
        agent.close();
    }

    @Test
    void aFailedStartLeavesNothingBehind() throws Exception {
        try (AgentProcess first = AgentProcess.start(config(""))) {
            assertThatThrownBy(() -> AgentProcess.start(config("")))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
            assertThat(first.notReady()).isEmpty();
        }
        // The socket is claimed last: by then the cache was open.
        Files.createDirectories(socket());
        assertThatThrownBy(() -> AgentProcess.start(config("")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(socket().toString());
        Files.delete(socket());
        AgentProcess.start(config("")).close();
    }

    @Test
    void anOriginThatIsNotThereIsOneLine() throws Exception {
        Files.delete(directory.resolve("origin/m/a"));
        Files.delete(directory.resolve("origin/m"));
        Files.delete(directory.resolve("origin"));
        assertThatThrownBy(() -> AgentProcess.start(config("")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("origin 'nas': ")
                .hasMessageContaining(directory.resolve("origin").toString());
    }

    @Test
    void moreMemoryThanThereIsIsRefusedBeforeAnythingStarts() throws Exception {
        assertThatThrownBy(() -> AgentProcess.start(config("memory: {landing: 4TiB}")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("memory.landing 4194304MiB");
        assertThat(directory.resolve("cache")).doesNotExist();
    }

    private Path socket() {
        return directory.resolve("agent.sock");
    }

    private AgentConfig config(String more) throws Exception {
        return AgentConfig.parse("test", """
                origins: [{name: nas, directory: %1$s/origin}]
                cache: {directory: %1$s/cache, capacity: 1GiB, keepFree: 0}
                fuse: {enabled: false}
                grpc: {socket: %1$s/agent.sock}
                metrics: {address: "127.0.0.1:0"}
                %2$s
                """.formatted(directory, more.isEmpty() ? "memory: {landing: 64MiB}" : more));
    }

    private static HttpResponse<String> get(AgentProcess agent, String path) throws Exception {
        URI uri = URI.create("http://" + agent.metricsAddress() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }
}
