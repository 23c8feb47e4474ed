package io.tidepool.bench.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.RateConverter;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench peer}: what it costs to get a model from another host. */
@Command(
        name = "peer",
        header = "From host to host: our transfer beside nginx and curl.",
        description = {
            "",
            "One process serves an object from its cache file, another fetches it into its own, every block checked."
                    + " Then nginx (sendfile) serves the same file to curl, which checks nothing. Prints rates and the CPU"
                    + " seconds of both sides per GB; all on this machine, over loopback or a link between two network"
                    + " namespaces.",
            ""
        },
        footer = {"", "Examples:", "  tidepool bench peer", "  tidepool bench peer --size 4GiB --link 10Gbit"})
public final class PeerCommand implements Callable<Integer> {
    private static final double MOST_CPU_PER_GB = 1.5;
    private static final double LEAST_OF_NGINX = 0.8;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "2GiB",
            converter = SizeConverter.class,
            description = "Size of the object (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often to measure each way (default: ${DEFAULT-VALUE}).")
    int repeats;

    @Option(
            names = "--link",
            paramLabel = "RATE",
            converter = RateConverter.class,
            description = "The link between the hosts (default: loopback, unshaped).")
    @Nullable
    Long linkBits;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every run there.")
    @Nullable
    Path json;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where to put the files for the time being.")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws InterruptedException {
        if (size < ChunkLayout.CHUNK_BYTES || repeats < 1) {
            throw new ParameterException(spec.commandLine(), "--size must be at least 8MiB, and --repeat 1");
        }
        return Workspace.with("tidepool-bench-", directory, 3 * size + (1L << 30), this::run);
    }

    private void run(Workspace workspace) throws IOException, InterruptedException {
        List<PeerRun> runs = new PeerBench(workspace, size, repeats, linkBits == null ? 0 : linkBits).run();
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("way", "rate", "server CPU s/GB", "client CPU s/GB", "both");
        for (String way : List.of(PeerBench.OURS, PeerBench.NGINX_FILE, PeerBench.NGINX_NULL)) {
            table.row(
                    way,
                    Units.rate(median(runs, way, PeerRun::bytesPerSecond)),
                    number(median(runs, way, PeerRun::serverCpuPerGb)),
                    number(median(runs, way, PeerRun::clientCpuPerGb)),
                    number(median(runs, way, PeerRun::cpuPerGb)));
        }
        out.print(table);
        double ratio = median(runs, PeerBench.OURS, PeerRun::bytesPerSecond)
                / median(runs, PeerBench.NGINX_FILE, PeerRun::bytesPerSecond);
        double cpu = median(runs, PeerBench.OURS, PeerRun::cpuPerGb);
        out.printf(
                Locale.ROOT,
                "%nCPU of both sides: %.2f s/GB, %s %.1f. Rate: %.2f × nginx → curl → file, %s %.1f.%n",
                cpu,
                cpu <= MOST_CPU_PER_GB ? "within" : "MORE THAN",
                MOST_CPU_PER_GB,
                ratio,
                ratio >= LEAST_OF_NGINX ? "above" : "BELOW",
                LEAST_OF_NGINX);
        out.flush();
        if (json != null) {
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), runs);
        }
    }

    private static double median(List<PeerRun> runs, String way, ToDoubleFunction<PeerRun> of) {
        double[] sorted = runs.stream()
                .filter(run -> run.way().equals(way))
                .mapToDouble(of)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
