package io.tidepool.agent.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.TestFleet;
import io.tidepool.agent.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands about a cell of three hosts, as a person and a script see them. */
@Timeout(60)
class FleetCommandsTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private TestFleet fleet;

    @Command(name = "tidepool")
    private static final class Root {}

    @BeforeEach
    void start() throws Exception {
        fleet = new TestFleet(directory, 3);
        fleet.put("llama/a", 1, 3 << 20);
        fleet.put("llama/b", 1, 1 << 20);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private int run(boolean tty, String... args) {
        outBytes.reset();
        errBytes.reset();
        Terminal terminal = new Terminal(
                new PrintStream(outBytes, false, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                tty);
        CommandLine line = new CommandLine(new Root());
        ClientCommands.all(terminal).forEach(line::addSubcommand);
        return line.execute(Stream.concat(
                        Arrays.stream(args),
                        Stream.of("--socket", fleet.get(0).socket().toString()))
                .toArray(String[]::new));
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void warmAllTellsWhatTheCellGotAndPaid() {
        assertThat(run(false, "warm", "--all", "/m/llama")).isZero();
        assertThat(out())
                .matches("3 hosts of 3 with 4\\.0 MiB each, in [^:]*: 12\\.0 MiB from origin; amplification 3\\.00\n");
        assertThat(err()).isEmpty();
        assertThat(run(false, "warm", "--copies", "2", "/m/llama")).isZero();
        assertThat(out()).contains("2 hosts of 2", "8.0 MiB were cached before", "amplification 0.00");
    }

    @Test
    void fewerHostsThanAskedIsAFailure() {
        fleet.kill(2);
        assertThat(run(false, "warm", "--all", "/m/llama")).isEqualTo(ClientCommand.FAILED);
        assertThat(err()).contains("tidepool: c: can't be reached", "tidepool: only 2 of 3 hosts have all files\n");
        assertThat(run(false, "warm", "--copies", "2", "/m/llama")).isZero();
        assertThat(run(false, "warm", "--copies", "9", "/m/llama")).isEqualTo(ClientCommand.FAILED);
        assertThat(err()).contains("only 2 of 9 hosts have all files");
    }

    @Test
    void aPersonSeesEachHostsLine() {
        fleet.get(1).allowChunks(0);
        Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(2_000); // some redraws
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            fleet.get(1).allowChunks(100);
        });
        assertThat(run(true, "warm", "--all", "/m/llama")).isZero();
        assertThat(err())
                .contains("warm: 2 of 3 hosts done, ", "HOST  DONE", "\u001b[3A\u001b[J")
                .containsPattern("\nb +0%");
    }

    @Test
    void wrongUse() {
        assertThat(run(false, "warm", "--copies", "0", "/m/llama")).isEqualTo(2);
        assertThat(run(false, "warm", "--copies", "1", "--all", "/m/llama")).isEqualTo(2);
    }

    @Test
    void whereTellsWhoHasHowMuch() {
        assertThat(run(false, "warm", "/m/llama/a")).isZero();
        assertThat(run(false, "where", "/m/llama")).isZero();
        assertThat(out()).isEqualTo("""
                   SIZE  COMPLETE  PATH        HOSTS
                3.0 MiB         1  /m/llama/a  a
                1.0 MiB         0  /m/llama/b  -
                """);
        assertThat(run(false, "where", "--json", "/m/llama/a")).isZero();
        assertThat(out())
                .isEqualTo("{\"path\":\"/m/llama/a\",\"size_bytes\":3145728,\"holders\":[{\"host\":\"a\","
                        + "\"cached_bytes\":3145728}],\"silent_hosts\":[]}\n");
        fleet.kill(1);
        assertThat(run(false, "where", "/m/llama/a")).isEqualTo(ClientCommand.FAILED);
        assertThat(err()).isEqualTo("tidepool: b did not answer: what it has is not shown\n");
    }

    @Test
    void peersListsTheCell() {
        assertThat(run(false, "warm", "/m/llama/a")).isZero();
        fleet.kill(1);
        assertThat(run(false, "peers")).isZero();
        assertThat(out()).isEqualTo("""
                cell test, 3 hosts
                   HOST  ZONE    ADDRESS         SINCE                  CACHED  ORIGIN  RECEIVED     SENT  UPLOADS
                *  a     zone-a  127.0.0.1:7480  2026-01-02 03:04:05Z  3.0 MiB     0 B       0 B  2.0 KiB        1
                   b     zone-b  127.0.0.1:7480  2026-01-02 03:04:05Z        -       -         -        -        -
                   c     zone-c  127.0.0.1:7480  2026-01-02 03:04:05Z      0 B     0 B       0 B  2.0 KiB        1
                """);
        assertThat(err()).startsWith("tidepool: b can't be reached");
        assertThat(run(false, "peers", "--json")).isZero();
        assertThat(out())
                .startsWith("{\"cell\":\"test\",\"hosts\":[{\"name\":\"a\",")
                .hasLineCount(1);
    }

    @Test
    void reportOfTheCell() throws Exception {
        assertThat(run(false, "report", "--cell")).isZero();
        assertThat(out()).isEqualTo("no model has been loaded since the agent started\n");
    }
}
