package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.EvictResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool evict}. */
@Command(
        name = "evict",
        header = "Drops files from the cache.",
        description = {
            "Drops every cached version of the files, and sets quarantined ones free; never asks the origin.",
            "What is open keeps its bytes until it is closed."
        },
        footer = {"", "Examples:", "  tidepool evict /models/llama", "  tidepool evict --include-pinned /"})
final class EvictCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs; / for all.")
    List<String> paths = List.of();

    @Option(names = "--include-pinned", description = "Drop pinned files too; they stay pinned.")
    boolean includePinned;

    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    EvictCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        EvictResponse evicted = client.evict(paths, includePinned);
        if (json) {
            printJson(evicted);
            return OK;
        }
        print(
                evicted.getVersions() == 0
                        ? "nothing to drop is cached there"
                        : Describe.count(evicted.getVersions(), "file") + " dropped, "
                                + Units.bytes(evicted.getFreedBytes()) + " freed");
        if (evicted.getPinnedVersions() > 0) {
            print(Describe.count(evicted.getPinnedVersions(), "pinned file")
                    + " kept; --include-pinned drops them too");
        }
        return OK;
    }
}
