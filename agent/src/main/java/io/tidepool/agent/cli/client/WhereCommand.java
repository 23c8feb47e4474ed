package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.Holder;
import io.tidepool.proto.v1.WhereFile;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool where}. */
@Command(
        name = "where",
        header = "Tells which hosts of the cell have how much of files in their caches.",
        description = "A PATH is a file, a directory or a glob, as for 'tidepool warm'. Of each file it is the version"
                + " that the origin has now.",
        footer = {
            "",
            "Examples:",
            "  tidepool where /models/llama",
            "Exit code 1: a host didn't answer, with a line on standard error."
        })
final class WhereCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs.")
    List<String> paths = List.of();

    @Option(names = "--json", description = "One JSON object a file, see docs/CLI.md.")
    boolean json;

    WhereCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        Table table = new Table(">SIZE", ">COMPLETE", "PATH", "HOSTS");
        Set<String> silent = new LinkedHashSet<>();
        client.where(paths, file -> {
            silent.addAll(file.getSilentHostsList());
            if (json) {
                printJson(file);
            } else {
                table.row(
                        Units.bytes(file.getSizeBytes()),
                        Long.toString(file.getHoldersList().stream()
                                .filter(holder -> holder.getCachedBytes() == file.getSizeBytes())
                                .count()),
                        file.getPath(),
                        hosts(file));
            }
        });
        if (!json) {
            print(table);
        }
        silent.forEach(host -> complain(host + " did not answer: what it has is not shown"));
        return silent.isEmpty() ? OK : FAILED;
    }

    /** {@code a, b 40%}: who has all needs no figure. */
    private static String hosts(WhereFile file) {
        return file.getHoldersCount() == 0
                ? "-"
                : file.getHoldersList().stream()
                        .map(holder -> holder(holder, file.getSizeBytes()))
                        .collect(Collectors.joining(", "));
    }

    private static String holder(Holder holder, long size) {
        return holder.getHost()
                + (holder.getCachedBytes() == size ? "" : " " + Units.percent(holder.getCachedBytes(), size));
    }
}
