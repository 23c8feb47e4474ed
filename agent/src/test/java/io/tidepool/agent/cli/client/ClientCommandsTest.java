package io.tidepool.agent.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.TestAgent;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.proto.v1.Entry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What a person sees, and what a script gets, of an agent with three files. */
@Timeout(60)
class ClientCommandsTest {
    private static final int CHUNK = 8 << 20;
    private static final String A = "/m/llama/a.safetensors";

    @TempDir
    Path directory;

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private TestAgent agent;

    @Command(name = "tidepool")
    private static final class Root {}

    @BeforeEach
    void start() throws Exception {
        agent = new TestAgent(directory.resolve("agent"));
        agent.put("llama/a.safetensors", 1, CHUNK + CHUNK / 2);
        agent.put("llama/b.safetensors", 2, 100);
        agent.put("llama/sub/c", 3, 0);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private int run(String... args) {
        return run(false, args);
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
        String[] all = Stream.concat(
                        Arrays.stream(args),
                        Stream.of("--socket", agent.socket().toString()))
                .toArray(String[]::new);
        return line.execute(all);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private Entry stat(String path) throws Exception {
        try (TidepoolClient client = agent.client()) {
            return client.stat(path);
        }
    }

    @Test
    void lsListsNames() {
        assertThat(run("ls")).isZero();
        assertThat(out()).isEqualTo("m/\n");
        assertThat(run("ls", "/m/llama/")).isZero();
        assertThat(out()).isEqualTo("a.safetensors\nb.safetensors\nsub/\n");
        assertThat(run("ls", A)).isZero();
        assertThat(out()).isEqualTo("a.safetensors\n");
    }

    @Test
    void lsTellsWhatIsCached() {
        assertThat(run("warm", "/m/llama/b.safetensors")).isZero();
        assertThat(run("pin", "/m/llama/b.safetensors")).isZero();
        assertThat(run("ls", "-l", "/m/llama")).isZero();
        assertThat(out()).isEqualTo("""
                    SIZE  CACHED  STATE   MODIFIED              NAME
                12.0 MiB      0%          2026-01-02 03:04:06Z  a.safetensors
                   100 B    100%  pinned  2026-01-02 03:04:07Z  b.safetensors
                       -       -          -                     sub/
                """);
    }

    @Test
    void lsForProgramsIsOneObjectALine() throws Exception {
        assertThat(run("ls", "--json", "/m/llama")).isZero();
        assertThat(out().lines().toList())
                .containsExactly(
                        "{\"path\":\"/m/llama/a.safetensors\",\"type\":\"file\",\"size_bytes\":12582912,\"etag\":\""
                                + stat(A).getEtag()
                                + "\",\"modified\":\"2026-01-02T03:04:06Z\",\"cached_bytes\":0,\"complete\":false,"
                                + "\"pinned\":false,\"quarantined\":false,\"origin\":\"bucket\","
                                + "\"key\":\"llama/a.safetensors\"}",
                        "{\"path\":\"/m/llama/b.safetensors\",\"type\":\"file\",\"size_bytes\":100,\"etag\":\""
                                + stat("/m/llama/b.safetensors").getEtag()
                                + "\",\"modified\":\"2026-01-02T03:04:07Z\",\"cached_bytes\":0,\"complete\":false,"
                                + "\"pinned\":false,\"quarantined\":false,\"origin\":\"bucket\","
                                + "\"key\":\"llama/b.safetensors\"}",
                        "{\"path\":\"/m/llama/sub\",\"type\":\"directory\",\"size_bytes\":0,\"etag\":\"\","
                                + "\"cached_bytes\":0,\"complete\":false,\"pinned\":false,\"quarantined\":false,"
                                + "\"origin\":\"\",\"key\":\"\"}");
    }

    @Test
    void namesCannotRewriteTheTerminal() throws Exception {
        agent.put("odd/a\n\u001b[31mb", 1, 1);
        assertThat(run("ls", "/m/odd")).isZero();
        assertThat(out()).isEqualTo("a\\u000a\\u001b[31mb\n");
    }

    @Test
    void statTellsAll() throws Exception {
        assertThat(run("stat", A)).isZero();
        assertThat(out()).isEqualTo("""
                path      /m/llama/a.safetensors
                type      file
                size      12.0 MiB (12582912 bytes)
                cached    0 B (0%)
                modified  2026-01-02 03:04:06Z
                etag      ETAG
                crc64     unknown
                origin    bucket
                key       llama/a.safetensors
                """.replace("ETAG", stat(A).getEtag()));
        assertThat(run("stat", "/m/llama")).isZero();
        assertThat(out()).isEqualTo("path  /m/llama\ntype  directory\n");
    }

    @Test
    void whatIsMissingIsOneLineAndItsOwnExitCode() {
        for (String command : List.of("stat", "ls", "read", "warm", "pin")) {
            assertThat(run(command, "/m/none")).as(command).isEqualTo(4);
            assertThat(out()).isEmpty();
            assertThat(err()).startsWith("tidepool: ").endsWith("/m/none\n").hasLineCount(1);
        }
        assertThat(run("read", "/m/llama")).isEqualTo(1);
        assertThat(err()).isEqualTo("tidepool: /m/llama is a directory\n");
    }

    @Test
    void withoutAnAgentTheExitCodeIsThreeAndTheLineSaysWhatToDo() {
        agent.close();
        for (String command : List.of("ls", "status", "report", "verify")) {
            assertThat(run(command)).as(command).isEqualTo(3);
            assertThat(err())
                    .isEqualTo("tidepool: no agent is listening on " + agent.socket()
                            + ": start one with `tidepool agent --config FILE`\n");
        }
    }

    @Test
    void readWritesBytesAndNothingElseToStandardOutput() {
        assertThat(run("read", A)).isZero();
        assertThat(outBytes.size()).isEqualTo(CHUNK + CHUNK / 2);
        assertThat(SyntheticBytes.check("llama/a.safetensors", 1, 0, ByteBuffer.wrap(outBytes.toByteArray())))
                .isEmpty();
        assertThat(err()).isEmpty();
        assertThat(run("read", "--offset", "8MiB", "--length", "1k", A)).isZero();
        assertThat(outBytes.size()).isEqualTo(1024);
        assertThat(SyntheticBytes.check("llama/a.safetensors", 1, CHUNK, ByteBuffer.wrap(outBytes.toByteArray())))
                .isEmpty();
        assertThat(run("read", "--length", "0", A)).isZero();
        assertThat(outBytes.size()).isZero();
    }

    @Test
    void readIntoAFileOrDirectoryTellsHowFast() throws Exception {
        Path file = directory.resolve("copy");
        assertThat(run("read", "-o", file.toString(), A)).isZero();
        assertThat(SyntheticBytes.check("llama/a.safetensors", 1, 0, ByteBuffer.wrap(Files.readAllBytes(file))))
                .isEmpty();
        assertThat(out()).isEmpty();
        assertThat(err()).matches("12\\.0 MiB in [0-9.]+ m?s \\([0-9.]+ [KMG]iB/s\\)\n");
        Path into = Files.createDirectory(directory.resolve("into"));
        assertThat(run(true, "read", "-o", into.toString(), A)).isZero();
        assertThat(into.resolve("a.safetensors")).hasSameBinaryContentAs(file);
        assertThat(err()).as("a bar").contains("read").contains("100%").contains("12/12 MiB");
        assertThat(run("read", "-o", "/dev/null", A)).isZero();
        assertThat(Path.of("/dev/null.part")).doesNotExist();
    }

    @Test
    void aReadThatFailsLeavesWhatWasThereAndNoPart() throws Exception {
        Path file = Files.writeString(directory.resolve("copy"), "old");
        agent.failReads(Kind.ACCESS_DENIED);
        assertThat(run("read", "-o", file.toString(), A)).isEqualTo(1);
        assertThat(err()).hasLineCount(1).startsWith("tidepool: ");
        assertThat(file).hasContent("old");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(file, directory.resolve("agent"));
        }
        agent.failReads(null);
        Path nowhere = directory.resolve("none/copy");
        assertThat(run("read", "-o", nowhere.toString(), A)).isEqualTo(1);
        assertThat(err()).isEqualTo("tidepool: no such directory: " + nowhere.getParent() + "\n");
    }

    @Test
    void warmTellsWhereTheBytesCameFrom() {
        assertThat(run("warm", "/m/**/*.safetensors", "/m/llama/sub")).isZero();
        assertThat(out()).matches("3 files, 12\\.0 MiB cached in [0-9.]+ m?s: 12\\.0 MiB from origin\n");
        assertThat(err()).isEmpty();
        assertThat(run(true, "warm", "/m/llama")).isZero();
        assertThat(out()).matches("3 files, 12\\.0 MiB cached in [0-9.]+ m?s: 12\\.0 MiB were cached before\n");
        assertThat(err()).contains("warm").contains("12/12 MiB");
    }

    @Test
    void warmForProgramsEndsWithTheFinishedObject() {
        assertThat(run("warm", "--json", "/m/llama")).isZero();
        assertThat(out().lines().reduce((first, second) -> second).orElseThrow())
                .startsWith("{\"finished\":true,\"total_bytes\":12583012,\"done_bytes\":12583012,\"total_files\":3,"
                        + "\"done_files\":3,\"failed_files\":0,\"bytes_per_second\":")
                .contains("\"sources\":[{\"tier\":\"memory\",\"bytes\":0},{\"tier\":\"disk\",\"bytes\":0},"
                        + "{\"tier\":\"peer\",\"bytes\":0},{\"tier\":\"origin\",\"bytes\":12583012}]")
                .contains("\"failures\":[]");
    }

    @Test
    void warmSaysWhichFilesFailed() {
        agent.failReads(Kind.ACCESS_DENIED);
        assertThat(run("warm", "/m/llama")).isEqualTo(1);
        assertThat(err())
                .contains("tidepool: /m/llama/a.safetensors: as the test wants\n")
                .contains("tidepool: /m/llama/b.safetensors: as the test wants\n");
        assertThat(out()).startsWith("1 file, 0 B cached in ").endsWith("; 2 failed\n");
    }

    @Test
    void theCacheIsLookedAfter() throws Exception {
        assertThat(run("warm", "/m/llama")).isZero();
        assertThat(run("pin", "/m/llama/*.safetensors")).isZero();
        assertThat(out()).isEqualTo("2 files pinned, 12.0 MiB, of which 12.0 MiB are cached\n");
        assertThat(run("evict", "/m/llama")).isZero();
        assertThat(out())
                .isEqualTo("nothing to drop is cached there\n2 pinned files kept; --include-pinned drops them too\n");
        assertThat(run("verify")).isZero();
        assertThat(out()).matches("2 files, 12\\.0 MiB checked in [0-9.]+ m?s \\(.*/s\\): all good\n");
        agent.damage(version("llama/a.safetensors", A), 5);
        assertThat(run("verify", "/m/llama")).isEqualTo(1);
        assertThat(out()).endsWith(": 1 bad chunk dropped\n  /m/llama/a.safetensors: 1 bad chunk\n");
        assertThat(run("unpin", "/")).isZero();
        assertThat(out()).isEqualTo("2 files unpinned\n");
        assertThat(run("unpin", "/")).isZero();
        assertThat(out()).isEqualTo("nothing is pinned there\n");
        assertThat(run("evict", "--json", "/m")).isZero();
        assertThat(out()).isEqualTo("{\"versions\":2,\"freed_bytes\":4194404,\"pinned_versions\":0}\n");
    }

    private ObjectVersion version(String key, String path) throws Exception {
        Entry entry = stat(path);
        return new ObjectVersion("bucket", key, entry.getEtag(), entry.getSizeBytes());
    }

    @Test
    void statusIsOneScreen() {
        assertThat(run("warm", "/m/llama")).isZero();
        assertThat(run("read", "/m/llama/b.safetensors")).isZero();
        assertThat(run("status")).isZero();
        assertThat(out()).isEqualTo("""
                agent       version 1.2.3, pid PID, since 2026-01-02 03:04:05Z
                mounted on  nothing
                cache       12.0 MiB of 1.0 GiB (1%) in DIR
                            2 files: 2 complete, 0 pinned
                landing     0 B of 48.0 MiB of memory
                read        100 B: memory 0%, disk 100%, peer 0%, origin 0%
                origin      0 B fetched
                loads       0 reported, see tidepool report
                now         0 gRPC reads, 0 leases

                MOUNT  ORIGIN  PREFIX  POLICY  IMMUTABLE
                /m     bucket  (all)   off     no
                """.replace(
                        "PID", Long.toString(ProcessHandle.current().pid()))
                .replace("DIR", directory.resolve("agent/cache").toString()));
        assertThat(run("status", "--json")).isZero();
        assertThat(out())
                .hasLineCount(1)
                .contains("\"cache\":{\"directory\":")
                .contains("\"bytes\":12583012,\"limit_bytes\":1073741824,\"versions\":2,");
    }

    @Test
    void reportTellsOfLoads() {
        assertThat(run("report")).isZero();
        assertThat(out()).isEqualTo("no model has been loaded since the agent started\n");
        assertThat(run("read", "/m/llama/b.safetensors")).isZero();
        assertThat(run("report")).isZero();
        assertThat(out().lines().toList().getFirst().split(" +"))
                .containsExactly(
                        "STARTED",
                        "MODEL",
                        "FILES",
                        "READ",
                        "OF",
                        "TIME",
                        "RATE",
                        "MEMORY",
                        "DISK",
                        "PEER",
                        "ORIGIN",
                        "AMPLIFICATION",
                        "WAITED");
        assertThat(out().lines().toList().getLast())
                .matches("20.*Z +/m/llama/b\\.safetensors +1 +100 B +100 B .* so far .* 0% +1\\.00 .*|"
                        + "20.*Z +/m/llama/b\\.safetensors +1 +100 B +100 B .* so far .* 100% +1\\.00 .*");
        assertThat(run("report", "-n", "0")).isEqualTo(2);
        assertThat(run("report", "--json", "-n", "1")).isZero();
        assertThat(out()).hasLineCount(1).contains("\"size_bytes\":100,", "\"active\":true");
    }
}
