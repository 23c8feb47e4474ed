package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.WarmProgress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidepool warm}. */
@Command(
        name = "warm",
        header = "Fetches files into the agent's cache before they are needed.",
        description = {
            "A PATH is a file, a directory (all that is in it) or a glob: * and ? stay within a name, ** spans directories,"
                    + " [a-z] is a class, {a,b} a choice. Quote globs, for the agent expands them.",
            "Ctrl-C stops the agent's work; what has arrived stays."
        },
        footer = {
            "",
            "Examples:",
            "  tidepool warm /models/llama",
            "  tidepool warm '/models/**/*.safetensors'",
            "Exit code 1: some files could not be fetched, each with a line on standard error."
        })
final class WarmCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs.")
    List<String> paths = List.of();

    @Option(names = "--json", description = "Progress as one JSON object a line, the last with \"finished\":true.")
    boolean json;

    WarmCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        WarmProgress end;
        try (ProgressDisplay display = new ProgressDisplay(terminal(), "warm");
                ExitHook _ = new ExitHook(() -> terminal().err().println("\nstopped; what has arrived stays cached"))) {
            end = client.warm(paths, progress -> show(progress, display));
        }
        if (!json) {
            print(summary(end));
        }
        for (PathFailure failure : end.getFailuresList()) {
            complain(failure.getPath() + ": " + failure.getMessage());
        }
        long untold = end.getFailedFiles() - end.getFailuresCount();
        if (untold > 0) {
            complain("and " + untold + " more");
        }
        return end.getFailedFiles() == 0 ? OK : FAILED;
    }

    private void show(WarmProgress progress, ProgressDisplay display) {
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
                progress.getDoneFiles() + " of " + Describe.count(progress.getTotalFiles(), "file"));
    }

    private static String summary(WarmProgress end) {
        String sources = end.getSourcesList().stream()
                .filter(source -> source.getBytes() > 0)
                .map(WarmCommand::source)
                .collect(Collectors.joining(", "));
        return Describe.count(end.getDoneFiles(), "file") + ", " + Units.bytes(end.getDoneBytes()) + " cached in "
                + Units.duration(Describe.duration(end.getElapsed())) + (sources.isEmpty() ? "" : ": " + sources)
                + (end.getFailedFiles() == 0 ? "" : "; " + end.getFailedFiles() + " failed");
    }

    private static String source(TierBytes source) {
        return switch (source.getTier()) {
            case TIER_DISK -> Units.bytes(source.getBytes()) + " were cached before";
            default -> Units.bytes(source.getBytes()) + " from " + Describe.name(source);
        };
    }
}
