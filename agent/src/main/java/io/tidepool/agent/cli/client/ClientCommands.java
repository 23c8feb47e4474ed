package io.tidepool.agent.cli.client;

import io.tidepool.agent.cli.Terminal;
import java.util.List;

/** The commands that talk to a running agent, in the order of the help. */
public final class ClientCommands {
    private ClientCommands() {}

    public static List<Object> all(Terminal terminal) {
        return List.of(
                new LsCommand(terminal),
                new StatCommand(terminal),
                new ReadCommand(terminal),
                new WarmCommand(terminal),
                new WhereCommand(terminal),
                new PeersCommand(terminal),
                new StatusCommand(terminal),
                new ReportCommand(terminal),
                new PinCommand(terminal),
                new UnpinCommand(terminal),
                new EvictCommand(terminal),
                new VerifyCommand(terminal));
    }
}
