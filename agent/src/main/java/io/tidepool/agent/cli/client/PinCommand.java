package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.PinResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool pin}. */
@Command(
        name = "pin",
        header = "Keeps files in the cache whatever else is loaded.",
        description = {
            "Pins the versions that the files have now; it fetches nothing (see warm). A file that is replaced later is"
                    + " another version, and not pinned.",
            "Pinned files count towards the cache's capacity: pin less than that."
        },
        footer = {"", "Example: tidepool warm /models/llama && tidepool pin /models/llama"})
final class PinCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs.")
    List<String> paths = List.of();

    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    PinCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        PinResponse pinned = client.pin(paths);
        if (json) {
            printJson(pinned);
        } else {
            print(Describe.count(pinned.getFiles(), "file") + " pinned, " + Units.bytes(pinned.getTotalBytes())
                    + ", of which " + Units.bytes(pinned.getCachedBytes()) + " are cached");
        }
        return OK;
    }
}
