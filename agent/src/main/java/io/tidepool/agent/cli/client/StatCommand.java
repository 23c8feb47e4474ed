package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EntryType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool stat}. */
@Command(
        name = "stat",
        header = "Tells all about one file or directory.",
        footer = {"", "Example: tidepool stat /models/llama/model-00001-of-00002.safetensors"})
final class StatCommand extends ClientCommand {
    @Parameters(paramLabel = "PATH", description = "Path of the file, as in the mount.")
    String path = "";

    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    StatCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        Entry entry = client.stat(path);
        if (json) {
            printJson(entry);
        } else {
            print(table(entry));
        }
        return OK;
    }

    private static Table table(Entry entry) {
        Table table = new Table("", "").row("path", entry.getPath());
        if (entry.getType() == EntryType.ENTRY_TYPE_DIRECTORY) {
            return table.row("type", "directory");
        }
        String share = entry.getComplete() ? "100%" : Units.percent(entry.getCachedBytes(), entry.getSizeBytes());
        table.row("type", "file")
                .row("size", Units.bytes(entry.getSizeBytes()) + " (" + entry.getSizeBytes() + " bytes)")
                .row("cached", Units.bytes(entry.getCachedBytes()) + " (" + share + ")")
                .row("modified", Describe.time(entry.getModified()))
                .row("etag", entry.getEtag())
                .row("crc64", entry.hasCrc64() ? Long.toUnsignedString(entry.getCrc64()) : "unknown")
                .row("origin", entry.getOrigin())
                .row("key", entry.getKey());
        String state = Describe.state(entry);
        return state.isEmpty() ? table : table.row("state", state);
    }
}
