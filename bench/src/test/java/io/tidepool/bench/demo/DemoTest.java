package io.tidepool.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.bench.CommandRun;
import io.tidepool.bench.Machines;
import io.tidepool.bench.lab.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer runs it, only smaller. */
@Timeout(120)
final class DemoTest {
    @TempDir
    Path directory;

    @TempDir
    Path logs;

    @Test
    void everyByteIsRightAndNothingIsLeft() throws Exception {
        Machines.requireFuse();
        CommandRun demo = CommandRun.of("demo", "--size", "32MiB", "--dir", directory.toString());

        assertThat(demo.err()).isEmpty();
        assertThat(demo.exitCode()).isZero();
        assertThat(demo.out()).startsWith("Tidepool demo: ");
        assertThat(demo.out().substring(0, demo.out().indexOf("\n\n"))).contains("every byte", "emulator", "not OSS");
        assertThat(demo.out()).contains("all equal", "What to try next:");
        assertThat(amplifications(demo.out(), "mount, cold")).isEqualTo("1.00");
        assertThat(amplifications(demo.out(), "mount, warm")).isEqualTo("0.00");
        assertThat(amplifications(demo.out(), "mount, random")).isEqualTo("1.00");
        assertThat(amplifications(demo.out(), "gRPC, cold")).isEqualTo("1.00");
        assertThat(amplifications(demo.out(), "gRPC, warm")).isEqualTo("0.00");
        // On a busy machine a chunk may come twice, and there are but five; without sharing it would be 3.
        assertThat(Double.parseDouble(amplifications(demo.out(), "3 hosts, cold")))
                .isBetween(1.0, 1.6);
        Machines.assertNothingLeft(directory);
    }

    @Test
    void withoutAMountItLoadsByGrpcAlone() throws Exception {
        CommandRun demo = CommandRun.of("demo", "--size", "16MiB", "--no-mount", "--dir", directory.toString());

        assertThat(demo.err()).isEmpty();
        assertThat(demo.exitCode()).isZero();
        assertThat(demo.out()).contains("none (--no-mount)", "gRPC, cold").doesNotContain("mount, cold");
        Machines.assertNothingLeft(directory);
    }

    @Test
    void keptItRunsUntilItIsToldToEndAndThenLeavesNothing() throws Exception {
        Machines.requireFuse();
        try (JavaProcess demo = start("16MiB", "--keep")) {
            awaitSaid(demo, "keeps running");
            assertThat(directory).isNotEmptyDirectory();
        }
        Machines.assertNothingLeft(directory);
    }

    @Test
    void anAgentThatDiesIsSaidInOneLineAndNothingIsLeft() throws Exception {
        Machines.requireFuse();
        try (JavaProcess demo = start("128MiB")) {
            awaitSaid(demo, "✓ mount, cold");
            Matcher agent =
                    Pattern.compile("agent +a process of its own, pid (\\d+)").matcher(demo.log());
            assertThat(agent.find()).isTrue();
            ProcessHandle.of(Long.parseLong(agent.group(1))).orElseThrow().destroyForcibly();

            awaitSaid(demo, "tidepool: the agent ended in the middle: ");
            assertThat(demo.log()).doesNotContain("\tat ", "all equal");
            Matcher kept = Pattern.compile("\\(its log: (.*)\\)").matcher(demo.log());
            assertThat(kept.find()).isTrue();
            Files.delete(Path.of(kept.group(1)));
        }
        Machines.assertNothingLeft(directory);
    }

    private JavaProcess start(String size, String... more) {
        List<String> arguments = new ArrayList<>(List.of("demo", "--size", size, "--dir", directory.toString()));
        arguments.addAll(List.of(more));
        return JavaProcess.start("demo", logs, Map.of(), arguments.toArray(String[]::new));
    }

    private static void awaitSaid(JavaProcess demo, String text) throws InterruptedException {
        while (!demo.log().contains(text)) {
            assertThat(demo.isAlive() || demo.log().contains(text))
                    .as(demo.log())
                    .isTrue();
            Thread.sleep(50);
        }
    }

    @Test
    void wrongUsageIsSaidInOneLineAndAHint() {
        assertUsageError("'lots' is not a size", "demo", "--size", "lots");
        assertUsageError("--size 5 B", "demo", "--size", "5");
        assertUsageError("Unknown option: '--sise=1GiB'", "demo", "--sise=1GiB");
    }

    @Test
    void noSuchDirectoryIsSaidInOneLine() {
        CommandRun demo = CommandRun.of("demo", "--no-mount", "--dir", directory + "/nowhere");
        assertThat(demo.exitCode()).isEqualTo(1);
        assertThat(demo.err()).isEqualTo("tidepool: there is no directory " + directory + "/nowhere\n");
    }

    private static void assertUsageError(String message, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines().findFirst().orElse("")).contains(message);
        assertThat(run.err()).contains("Try 'tidepool demo --help'.").doesNotContain("\tat ");
    }

    /** The last column of the row of the table that begins like this. */
    private static String amplifications(String out, String load) {
        List<String> rows = out.lines().filter(line -> line.startsWith(load)).toList();
        assertThat(rows).as("rows of '%s' in\n%s", load, out).hasSize(1);
        return rows.getFirst().substring(rows.getFirst().lastIndexOf(' ') + 1);
    }
}
