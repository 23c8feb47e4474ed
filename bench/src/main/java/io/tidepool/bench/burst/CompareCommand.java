package io.tidepool.bench.burst;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.cli.Table;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.burst.Comparison.OneHost;
import io.tidepool.bench.lab.ChartFile;
import io.tidepool.bench.lab.JsonFile;
import io.tidepool.bench.lab.Machine;
import io.tidepool.bench.lab.Mounts;
import io.tidepool.bench.lab.Network;
import io.tidepool.bench.lab.ProgressLine;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench compare}: the comparison that users of model storages know, in small. */
@Command(
        name = "compare",
        header = "Function Compute's comparison of model storages, in small: NAS, bucket mount, accelerator, Tidepool.",
        description = {
            "",
            "Test 2: one file of 22.2 GB, several hosts at once. Test 1: ten files of 1.99 to 22.2 GB on one host, the"
                    + " 5.13 and the 22.2 tensor by tensor in random order, cold and once more. Sizes and bandwidths are"
                    + " divided; their ratios stay. NAS, bucket mount and accelerator are links with what they promise"
                    + " (600 MB/s in total; 600 MB/s a host, 20 ms a request; 24,000 MB/s in total), which plain readers"
                    + " use up: no product of anybody was measured. A host's link has 1,500 MB/s. Needs root.",
            "docs/BENCHMARKS.md says more, and has figures.",
            ""
        })
public final class CompareCommand implements Callable<Integer> {
    private static final long DISK_BYTES = 8L << 30;
    private static final long LEAST_WARMUP = 1 << 20;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--hosts",
            paramLabel = "N",
            split = ",",
            defaultValue = "4,8,16",
            description = "How many hosts test 2 has (default: ${DEFAULT-VALUE}).")
    List<Integer> hosts = List.of();

    @Option(
            names = "--size-scale",
            paramLabel = "N",
            defaultValue = "128",
            description = "What the size of test 2 is divided by (default: ${DEFAULT-VALUE}; test 1: 64).")
    int sizeScale;

    @Option(
            names = "--rate-scale",
            paramLabel = "N",
            defaultValue = "64",
            description = "What the bandwidths of test 2 are divided by (default: ${DEFAULT-VALUE}; test 1: 8).")
    int rateScale;

    @Option(
            names = "--warmup",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            converter = SizeConverter.class,
            description =
                    "Size of what test 2's agents load first, unmeasured and unshaped (default: ${DEFAULT-VALUE}).")
    long warmup;

    @Option(
            names = "--rehearsals",
            paramLabel = "N",
            defaultValue = "0",
            description = "As of bench burst, in test 2 (default: ${DEFAULT-VALUE}).")
    int rehearsals;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all results there.")
    @Nullable
    Path json;

    @Option(
            names = "--chart",
            paramLabel = "PREFIX",
            description = "Draw PREFIX-many.png, PREFIX-one.png and the same as SVG.")
    @Nullable
    Path chart;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to put the caches for the time being (default: the system's temporary directory).")
    @Nullable
    Path directory;

    /** All of it, as it is written to a file. */
    record Report(
            String schema,
            String started,
            Machine machine,
            int sizeScale,
            int rateScale,
            List<BurstRun> manyHosts,
            List<OneHost> oneHost) {}

    @Override
    public Integer call() throws InterruptedException {
        if (warmup < LEAST_WARMUP) {
            throw new ParameterException(spec.commandLine(), "--warmup must be at least 1 MiB");
        }
        if (rehearsals < 0) {
            throw new ParameterException(spec.commandLine(), "--rehearsals can't be below 0");
        }
        Mounts.requireFuse("There is nothing to measure without mounts.");
        Network.require();
        return Workspace.with("tidepool-compare-", directory, DISK_BYTES, this::run);
    }

    private void run(Workspace workspace) throws Exception {
        Machine machine = Machine.here(workspace.directory(), Fleet.agentFlags(false));
        String started = Instant.now().toString();
        PrintWriter out = spec.commandLine().getOut();
        Comparison comparison = new Comparison(workspace, ProgressLine.ofSystem());
        List<BurstRun> many = comparison.manyHosts(hosts, sizeScale, rateScale, warmup, rehearsals);
        out.println("Test 2: one file of 22.2 GB ÷ " + sizeScale + ", bandwidths ÷ " + rateScale);
        out.println(manyTable(many));
        out.flush();
        List<OneHost> one = comparison.oneHost(64, 8);
        out.println("Test 1: ten files on one host, sizes ÷ 64, bandwidths ÷ 8");
        out.println(oneTable(one));
        if (json != null) {
            JsonFile.write(
                    json, new Report("tidepool.bench.compare/1", started, machine, sizeScale, rateScale, many, one));
            out.println("JSON: " + json);
        }
        if (chart != null) {
            out.println("Charts: " + BurstChart.drawStores(beside(chart, "-many"), many) + ", " + drawOne(one));
        }
        if (!many.stream().allMatch(BurstRun::isGood) || !one.stream().allMatch(OneHost::good)) {
            throw new CommandFailure("a load failed, or got wrong bytes");
        }
    }

    private static Path beside(Path prefix, String end) {
        return prefix.resolveSibling(prefix.getFileName() + end);
    }

    private String drawOne(List<OneHost> results) throws IOException {
        BarsChart bars = new BarsChart("Ten files on one host, scaled", "seconds");
        results.forEach(result -> bars.add(result.store(), result.load(), result.seconds()));
        return ChartFile.write(beside(Objects.requireNonNull(chart), "-one"), bars.draw());
    }

    private static Table manyTable(List<BurstRun> runs) {
        Table table =
                new Table(">hosts", "store", ">average", ">median", ">maximum", ">stddev", ">from the bucket", ">CPU");
        for (BurstRun run : runs) {
            table.row(
                    Integer.toString(run.hosts()),
                    run.scenario(),
                    seconds(run.meanSeconds()),
                    seconds(run.medianSeconds()),
                    seconds(run.slowestSeconds()),
                    seconds(run.stddevSeconds()),
                    String.format(Locale.ROOT, "%.2f ×", run.originAmplification()),
                    String.format(Locale.ROOT, "%.0f %%", 100 * run.cpuShare()));
        }
        return table;
    }

    private static Table oneTable(List<OneHost> results) {
        Table table = new Table("store", "load", ">time");
        results.forEach(result -> table.row(result.store(), result.load(), seconds(result.seconds())));
        return table;
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f s", seconds);
    }
}
