package io.tidepool.agent.cli;

import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.ConfigException;
import io.tidepool.agent.cli.config.ConfigReference;
import io.tidepool.agent.cli.config.ConfigYaml;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidepool config …}: is a configuration right, and what may stand in it. */
@Command(
        name = "config",
        header = "Checks a configuration file, or explains its keys.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example: tidepool config check --show /etc/tidepool/tidepool.yaml"})
final class ConfigCommand {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            header = "Says in one line what is wrong with FILE, if anything.")
    int check(
            @Parameters(paramLabel = "FILE", description = "The configuration file.") Path file,
            @Option(names = "--show", description = "Print what is in force, defaults included. No secret is printed.")
                    boolean show,
            @Option(names = "--online", description = "Also ask each origin, with its credentials.") boolean online)
            throws ConfigException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        AgentConfig config = AgentConfig.load(file);
        if (show) {
            out.print(ConfigYaml.write(config));
        }
        boolean good = !online || new OnlineCheck(config, out).run();
        out.println(file + (good ? ": ok" : ": right in itself, but not all of it can be served"));
        out.flush();
        return good ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    @Command(
            name = "reference",
            mixinStandardHelpOptions = true,
            header = "Prints every key with its type, default and meaning (Markdown).")
    int reference() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(ConfigReference.markdown());
        out.flush();
        return 0;
    }
}
