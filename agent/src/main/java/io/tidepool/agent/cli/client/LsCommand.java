package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EntryType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool ls}. */
@Command(
        name = "ls",
        header = "Lists a directory, and how much of it is cached.",
        description = "A path begins with a mount of the agent: /MOUNT/directory/file. / lists the mounts.",
        footer = {
            "",
            "Examples:",
            "  tidepool ls /                     the mounts",
            "  tidepool ls -l /models/llama      sizes, and what is cached of them",
            "  tidepool ls --json /models/llama | jq -r 'select(.type == \"file\" and (.complete | not)) .path'"
        })
final class LsCommand extends ClientCommand {
    /** Rows are aligned with one another by so many: a directory may have more entries than memory should hold. */
    private static final int BATCH = 1_000;

    @Parameters(arity = "0..1", paramLabel = "PATH", defaultValue = "/", description = "Default: /")
    String path = "/";

    @Option(names = "-l", description = "Also size, share that is cached, state, time of the last change.")
    boolean details;

    @Option(names = "--json", description = "One JSON object a line, see docs/CLI.md.")
    boolean json;

    LsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException, IOException {
        Entry entry = client.stat(path);
        Output output = new Output();
        if (entry.getType() == EntryType.ENTRY_TYPE_FILE) {
            output.add(entry);
        } else {
            client.list(path, output::add);
        }
        output.flush();
        return OK;
    }

    private final class Output {
        private final List<Entry> batch = new ArrayList<>();
        private boolean headed;

        private void add(Entry entry) throws BrokenPipeException {
            batch.add(entry);
            if (batch.size() == BATCH) {
                flush();
                stopIfOutputIsClosed();
            }
        }

        private void flush() {
            if (json) {
                batch.forEach(LsCommand.this::printJson);
            } else if (details) {
                Table table = headed
                        ? new Table(">", ">", "", "", "")
                        : new Table(">SIZE", ">CACHED", "STATE", "MODIFIED", "NAME");
                batch.forEach(entry -> table.row(row(entry)));
                print(table);
                headed = true;
            } else {
                batch.forEach(entry -> print(Table.escape(name(entry))));
            }
            batch.clear();
        }
    }

    private static String[] row(Entry entry) {
        if (entry.getType() == EntryType.ENTRY_TYPE_DIRECTORY) {
            return new String[] {"-", "-", "", "-", name(entry)};
        }
        return new String[] {
            Units.bytes(entry.getSizeBytes()),
            entry.getComplete() ? "100%" : Units.percent(entry.getCachedBytes(), entry.getSizeBytes()),
            Describe.state(entry),
            Describe.time(entry.getModified()),
            name(entry)
        };
    }

    private static String name(Entry entry) {
        String name = entry.getPath().substring(entry.getPath().lastIndexOf('/') + 1);
        return entry.getType() == EntryType.ENTRY_TYPE_DIRECTORY ? name + "/" : name;
    }
}
