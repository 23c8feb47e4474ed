package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What a person sees of the command line itself: help, versions, mistakes. */
final class TidepoolTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(CommandLine line, String... args) {
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    }

    @Test
    void helpSaysWhatToDoFirst() {
        assertThat(run(Tidepool.commandLine(), "--help")).isZero();
        assertThat(out.toString())
                .contains("First steps:")
                .contains("tidepool demo")
                .endsWith("\n");
    }

    @Test
    void withoutACommandItShowsTheHelp() {
        assertThat(run(Tidepool.commandLine())).isEqualTo(2);
        assertThat(err.toString()).contains("First steps:");
    }

    @Test
    void anOptionBeforeTheCommandIsToldItsPlace() {
        assertThat(run(Tidepool.commandLine(), "--socket", "/x", "status")).isEqualTo(2);
        assertThat(err.toString()).contains("Options go after the command, as in 'tidepool status --json'.");
    }

    @Test
    void theLauncherSaysThatTooFewFilesMayBeOpen() throws Exception {
        Process launcher = new ProcessBuilder("bash", "-c", "ulimit -n 64; exec ../tidepool --version")
                .redirectErrorStream(true)
                .start();
        String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(launcher.waitFor()).isEqualTo(1);
        assertThat(said).hasLineCount(1).contains("may open 64 files only");
    }

    @Test
    void everyCommandHasHelpOfItsOwn() {
        for (String name : Tidepool.commandLine().getSubcommands().keySet()) {
            assertThat(run(Tidepool.commandLine(), name, "--help"))
                    .as("%s", err)
                    .isZero();
            assertThat(out.toString()).contains("Usage: tidepool " + name).doesNotContain("First steps:");
            out.getBuffer().setLength(0);
        }
    }

    @Test
    void versionIsOneLine() {
        assertThat(run(Tidepool.commandLine(), "--version")).isZero();
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .matches("tidepool \\S+ \\(Java 25.*, Linux .*\\)");
    }

    @Test
    void mistypedOptionIsAUsageErrorThatNamesTheNearest() {
        assertThat(run(Tidepool.commandLine(), "--versoin")).isEqualTo(2);
        assertThat(err.toString())
                .contains("tidepool: Unknown option: '--versoin'")
                .contains("--version")
                .contains("Try 'tidepool --help'.");
    }

    @Test
    void foreseenFailureIsOneLine() {
        int exit = run(with(new CommandFailure("no such mount: 'x'; see tidepool ls")), "broken");
        assertThat(exit).isEqualTo(1);
        assertThat(err).hasToString("tidepool: no such mount: 'x'; see tidepool ls\n");
    }

    @Test
    void unexpectedFailureIsOneLineThatSaysWhereTheStackTraceIs() throws IOException {
        assertThat(run(with(new IllegalStateException("boom")), "broken")).isEqualTo(1);
        Matcher line = Pattern.compile("tidepool: unexpected IllegalStateException: boom \\(stack trace: (.*)\\)\n")
                .matcher(err.toString());
        assertThat(line.matches()).as("%s", err).isTrue();
        Path log = Path.of(line.group(1));
        assertThat(Files.readString(log)).contains("java.lang.IllegalStateException: boom\n\tat ");
        Files.delete(log);
    }

    @Test
    void debugShowsTheStackTrace() {
        assertThat(run(with(new IllegalStateException("boom")), "--debug", "broken"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("\tat ").endsWith("tidepool: unexpected IllegalStateException: boom\n");
    }

    private static CommandLine with(RuntimeException failure) {
        return Tidepool.commandLine().addSubcommand(new Broken(failure));
    }

    @Command(name = "broken")
    private record Broken(RuntimeException failure) implements Callable<Integer> {
        @Override
        public Integer call() {
            throw failure;
        }
    }
}
