package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.proto.v1.UnpinResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool unpin}. */
@Command(
        name = "unpin",
        header = "Lets pinned files be evicted again.",
        description = "Takes the pin from every version of the files, also of files that the origin no longer has.",
        footer = {"", "Example: tidepool unpin /models/llama"})
final class UnpinCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs; / for all.")
    List<String> paths = List.of();

    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    UnpinCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        UnpinResponse unpinned = client.unpin(paths);
        if (json) {
            printJson(unpinned);
        } else {
            print(
                    unpinned.getVersions() == 0
                            ? "nothing is pinned there"
                            : Describe.count(unpinned.getVersions(), "file") + " unpinned");
        }
        return OK;
    }
}
