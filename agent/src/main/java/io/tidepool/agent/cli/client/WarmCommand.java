package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.HostWarm;
import io.tidepool.proto.v1.HostWarmState;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tidepool warm}. */
@Command(
        name = "warm",
        header = "Fetches files into the cache before they are needed: this host's, or several hosts'.",
        description = {
            "A PATH is a file, a directory (all that is in it) or a glob: * and ? stay within a name, ** spans directories,"
                    + " [a-z] is a class, {a,b} a choice. Quote globs, for the agent expands them.",
            "With --copies the hosts that have most of the files already are taken first, and if one fails or leaves, another"
                    + " takes its place. Hosts fetch from each other what they can.",
            "Ctrl-C stops the agents' work; what has arrived stays."
        },
        footer = {
            "",
            "Examples:",
            "  tidepool warm /models/llama",
            "  tidepool warm '/models/**/*.safetensors'",
            "  tidepool warm --all /models/llama",
            "Exit code 1: some files could not be fetched, or fewer hosts than asked have them; each with a line on standard"
                    + " error."
        })
final class WarmCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, directories, globs.")
    List<String> paths = List.of();

    @Option(names = "--json", description = "Progress as one JSON object a line, the last with \"finished\":true.")
    boolean json;

    @ArgGroup
    @Nullable
    Hosts hosts;

    static final class Hosts {
        @Option(
                names = "--copies",
                paramLabel = "COUNT",
                description = "So many hosts of the cell shall have the files; this one may be among them.")
        int copies;

        @Option(names = "--all", description = "All hosts of the cell shall have the files.")
        boolean all;
    }

    WarmCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        WarmRequest.Builder request = WarmRequest.newBuilder().addAllPaths(paths);
        if (hosts != null && !hosts.all && hosts.copies < 1) {
            throw new ParameterException(spec.commandLine(), "--copies must be 1 or more, not " + hosts.copies);
        }
        WarmProgress end;
        try (ExitHook _ = new ExitHook(() -> terminal().err().println("\nstopped; what has arrived stays cached"))) {
            end = hosts == null
                    ? warmHere(client, request.build())
                    : warmFleet(
                            client,
                            request.setCopies(hosts.copies)
                                    .setAllHosts(hosts.all)
                                    .build());
        }
        for (PathFailure failure : end.getFailuresList()) {
            complain(failure.getPath() + ": " + failure.getMessage());
        }
        long untold = end.getFailedFiles() - end.getFailuresCount();
        if (untold > 0) {
            complain("and " + untold + " more");
        }
        return hosts == null ? (end.getFailedFiles() == 0 ? OK : FAILED) : fleetCode(end);
    }

    private WarmProgress warmHere(TidepoolClient client, WarmRequest request) throws ClientException {
        WarmProgress end;
        try (ProgressDisplay display = new ProgressDisplay(terminal(), "warm")) {
            end = client.warm(request, progress -> show(progress, display));
        }
        if (!json) {
            print(summary(end));
        }
        return end;
    }

    private WarmProgress warmFleet(TidepoolClient client, WarmRequest request) throws ClientException {
        FleetDisplay display = new FleetDisplay(terminal());
        WarmProgress end = client.warm(request, progress -> {
            if (json) {
                printJson(progress);
                terminal().out().flush();
            } else {
                display.show(progress);
            }
        });
        if (!json) {
            print(fleetSummary(end));
        }
        return end;
    }

    private int fleetCode(WarmProgress end) {
        for (HostWarm host : end.getHostsList()) {
            if (host.getState() == HostWarmState.HOST_WARM_STATE_FAILED) {
                complain(host.getHost() + ": " + host.getMessage());
            }
        }
        if (end.getDoneHosts() < end.getWantedHosts()) {
            complain("only " + end.getDoneHosts() + " of " + Describe.count(end.getWantedHosts(), "host")
                    + " have all files");
        }
        return end.getDoneHosts() < end.getWantedHosts() ? FAILED : OK;
    }

    private static String fleetSummary(WarmProgress end) {
        String each = Units.bytes(end.getHostsList().stream()
                .mapToLong(HostWarm::getTotalBytes)
                .max()
                .orElse(0));
        return Describe.count(end.getDoneHosts(), "host") + " of " + end.getWantedHosts() + " with " + each
                + " each, in "
                + Units.duration(Describe.duration(end.getElapsed())) + ": " + sources(end)
                + "; amplification " + FleetDisplay.amplification(end);
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
        String sources = sources(end);
        return Describe.count(end.getDoneFiles(), "file") + ", " + Units.bytes(end.getDoneBytes()) + " cached in "
                + Units.duration(Describe.duration(end.getElapsed())) + (sources.isEmpty() ? "" : ": " + sources)
                + (end.getFailedFiles() == 0 ? "" : "; " + end.getFailedFiles() + " failed");
    }

    private static String sources(WarmProgress end) {
        return end.getSourcesList().stream()
                .filter(source -> source.getBytes() > 0)
                .map(WarmCommand::source)
                .collect(Collectors.joining(", "));
    }

    private static String source(TierBytes source) {
        return switch (source.getTier()) {
            case TIER_DISK -> Units.bytes(source.getBytes()) + " were cached before";
            default -> Units.bytes(source.getBytes()) + " from " + Describe.name(source);
        };
    }
}
