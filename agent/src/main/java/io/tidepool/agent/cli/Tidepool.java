package io.tidepool.agent.cli;

import io.tidepool.agent.cli.client.ClientCommands;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The only main class: every command hangs off it. */
@Command(
        name = "tidepool",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Loads models from a bucket fast: a file system and a read API over a cache on this host.%n",
        footer = {
            "",
            "First steps:",
            "  tidepool demo                    see it work on this machine, without a bucket",
            "  tidepool config check FILE       is my configuration right?",
            "  tidepool agent --config FILE     mount the bucket and serve it",
            "  tidepool status                  and then: is it running, what does it have?",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no agent is running, 4 no such file.%n"
        })
public final class Tidepool {
    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of an unexpected error (also: TIDEPOOL_DEBUG=1).")
    boolean debug = System.getenv("TIDEPOOL_DEBUG") != null;

    public static void main(String[] args) {
        Logging.configure(args);
        // The other commands' descriptions are a quarter of the agent's start.
        boolean agent = args.length > 0 && args[0].equals("agent");
        System.exit((agent ? commandLine(List.of(new AgentCommand())) : commandLine()).execute(args));
    }

    /** Every command answers {@code --help}, whoever wrote it. */
    private static void addHelp(CommandLine command) {
        // Options that are added to a method would become arguments of it.
        boolean isMethod = command.getCommandSpec().userObject() instanceof Method;
        if (!isMethod && !command.getCommandSpec().mixinStandardHelpOptions()) {
            command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
        }
        command.getSubcommands().values().forEach(Tidepool::addHelp);
    }

    /** The whole command line, ready to execute; for main and for tests. */
    public static CommandLine commandLine() {
        List<Object> commands = new ArrayList<>(List.of(new AgentCommand(), new ConfigCommand()));
        commands.addAll(ClientCommands.all(Terminal.system()));
        for (CommandExtension extension : ServiceLoader.load(CommandExtension.class)) {
            commands.addAll(extension.commands());
        }
        return commandLine(commands);
    }

    private static CommandLine commandLine(List<?> commands) {
        Tidepool root = new Tidepool();
        CommandLine line = new CommandLine(root);
        commands.forEach(line::addSubcommand);
        addHelp(line);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(CommandErrors::wrongUsage)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> CommandErrors.failed(failure, command, root.debug));
    }
}
