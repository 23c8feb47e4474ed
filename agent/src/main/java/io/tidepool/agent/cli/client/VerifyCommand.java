package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.VerifyProgress;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool verify}. */
@Command(
        name = "verify",
        header = "Reads what is cached and compares it with its checksums.",
        description = "A bad chunk is dropped, and fetched again when it is next read. Never asks the origin.",
        footer = {
            "",
            "Examples:",
            "  tidepool verify                  everything that is cached",
            "  tidepool verify /models/llama",
            "Exit code 1: something was bad."
        })
final class VerifyCommand extends ClientCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Files, directories, globs. Default: all")
    List<String> paths = List.of();

    @Option(names = "--json", description = "Progress as one JSON object a line, the last with \"finished\":true.")
    boolean json;

    VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        VerifyProgress end;
        try (ProgressDisplay display = new ProgressDisplay(terminal(), "verify")) {
            end = client.verify(paths, progress -> show(progress, display));
        }
        if (!json && end.getTotalVersions() == 0) {
            print("nothing is cached there");
        } else if (!json) {
            Duration time = Describe.duration(end.getElapsed());
            print(Describe.count(end.getDoneVersions(), "file") + ", " + Units.bytes(end.getDoneBytes())
                    + " checked in "
                    + Units.duration(time) + " (" + Units.rate(end.getDoneBytes(), time) + "): "
                    + (end.getBadChunks() == 0
                            ? "all good"
                            : Describe.count(end.getBadChunks(), "bad chunk") + " dropped"));
        }
        if (!json) {
            end.getBadFilesList()
                    .forEach(bad ->
                            print("  " + bad.getPath() + ": " + Describe.count(bad.getBadChunks(), "bad chunk")));
        }
        return end.getBadChunks() == 0 ? OK : FAILED;
    }

    private void show(VerifyProgress progress, ProgressDisplay display) {
        if (json) {
            printJson(progress);
            terminal().out().flush();
            return;
        }
        Duration eta = progress.hasEta() ? Describe.duration(progress.getEta()) : null;
        display.show(
                progress.getDoneBytes(),
                progress.getTotalBytes(),
                progress.getBytesPerSecond(),
                eta,
                progress.getDoneVersions() + " of " + Describe.count(progress.getTotalVersions(), "file"));
    }
}
