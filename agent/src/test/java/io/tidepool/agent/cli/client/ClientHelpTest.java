package io.tidepool.agent.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cli.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What can be seen without an agent: help, and wrong usage. */
class ClientHelpTest {
    private final StringWriter err = new StringWriter();

    @Command(name = "tidepool")
    private static final class Root {}

    private CommandLine line() {
        CommandLine line = new CommandLine(new Root());
        ClientCommands.all(Terminal.system()).forEach(line::addSubcommand);
        return line.setErr(new PrintWriter(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "stat", "read", "warm", "status", "report", "pin", "unpin", "evict", "verify"})
    void everyCommandTeachesByExample(String name) {
        CommandLine command = line().getSubcommands().get(name);
        String help = command.getUsageMessage();
        assertThat(help).contains("Example").contains("tidepool " + name).contains("--socket");
        assertThat(command.getCommandSpec().usageMessage().header()).isNotEmpty();
        if (!name.equals("read")) {
            assertThat(help).contains("--json");
        }
    }

    @Test
    void wrongAddressesAndSizesAreWrongUsage() {
        assertThat(line().execute("ls", "--socket", "host:port")).isEqualTo(2);
        assertThat(err.toString()).contains("'host:port' is no address of an agent");
        assertThat(line().execute("read", "--length", "8 megs", "/x")).isEqualTo(2);
        assertThat(err.toString()).contains("'8 megs' is not a size");
        assertThat(line().execute("warm")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required parameter: 'PATH'");
    }
}
