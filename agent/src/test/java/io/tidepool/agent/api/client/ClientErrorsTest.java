package io.tidepool.agent.api.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.api.client.ClientException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ClientErrorsTest {
    @TempDir
    Path directory;

    private static ClientException failureOfStat(String address) {
        try (TidepoolClient client = TidepoolClient.connect(address)) {
            return catchThrowableOfType(ClientException.class, () -> client.stat("/"));
        }
    }

    @Test
    void nobodyListens() throws IOException {
        Path missing = directory.resolve("agent.sock");
        ClientException failure = failureOfStat(missing.toString());
        assertThat(failure.reason()).isEqualTo(Reason.NO_AGENT);
        assertThat(failure)
                .hasMessage("no agent is listening on " + missing + ": start one with `tidepool agent --config FILE`");

        Path stale = directory.resolve("stale.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(Files.exists(stale)).isTrue();
        assertThat(failureOfStat(stale.toString()))
                .hasMessageStartingWith("no agent is listening on " + stale)
                .extracting(ClientException::reason)
                .isEqualTo(Reason.NO_AGENT);
    }

    @Test
    void nobodyListensOnTcp() {
        assertThat(failureOfStat("127.0.0.1:1"))
                .hasMessageStartingWith("no agent is listening on 127.0.0.1:1:")
                .extracting(ClientException::reason)
                .isEqualTo(Reason.NO_AGENT);
    }

    @Test
    void theAgentDiesDuringACall() throws Exception {
        Path path = directory.resolve("agent.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            Thread agent = Thread.ofVirtual().start(() -> {
                try (SocketChannel connection = server.accept()) {
                    connection.read(ByteBuffer.allocate(1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            ClientException failure = failureOfStat(path.toString());
            assertThat(failure.reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(failure.getMessage()).contains(path.toString()).doesNotContain("\n");
            agent.join();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/run/tidepool/agent.sock, /run/tidepool/agent.sock",
        "unix:/run/a.sock, /run/a.sock",
        "agent.sock, agent.sock",
        "/odd:7, /odd:7",
        "host:7000, host:7000",
        "[::1]:7000, ::1:7000"
    })
    void addressesAreSocketsOrHosts(String text, String address) {
        assertThat(AgentAddress.parse(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:", "host:x", "host:70000", ":7000"})
    void wrongAddressesSayWhatIsRight(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentAddress.parse(text))
                .withMessage("'" + text + "' is no address of an agent: give the path of its socket, or host:port");
    }
}
