package io.tidepool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cli.Tidepool;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands of this module hang off the agent's command line. */
final class BenchCommandsTest {
    @Test
    void allCommandsAreThereAndExplained() {
        CommandLine root = Tidepool.commandLine();
        assertThat(root.getSubcommands()).containsKeys("demo", "bench", "oss-emulator");
        assertThat(root.getSubcommands().get("bench").getSubcommands())
                .containsKeys("host", "index", "burst", "compare", "simulate", "peer");
        assertThat(CommandRun.of("--help").out()).contains("Shows it working", "Measures alternatives", "emulator");
    }

    @Test
    void benchAloneSaysWhatThereIs() {
        CommandRun bench = CommandRun.of("bench");
        assertThat(bench.exitCode()).isEqualTo(2);
        assertThat(bench.err()).contains("Usage: tidepool bench", "  host ").doesNotContain("\tat ");
    }
}
