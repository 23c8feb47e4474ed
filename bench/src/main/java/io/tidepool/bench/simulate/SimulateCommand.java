package io.tidepool.bench.simulate;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.RateConverter;
import io.tidepool.bench.SizeConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench simulate}: a burst on more hosts than anybody has at hand. */
@Command(
        name = "simulate",
        header = "A fleet that nobody has at hand: the real trackers under a simulated clock.",
        description = {
            "",
            "All hosts load the same model at the same time. What they decide is decided by the agent's own classes"
                    + " (tracker, choice of source, order of read-ahead); links, bucket and messages are modelled. The same"
                    + " seed gives the same run, to the last event: compare the digests.",
            "The bound is what no load can beat: the model through one host's link, or through the cell's share of the"
                    + " bucket, whichever takes longer.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tidepool bench simulate --hosts 1000",
            "  tidepool bench simulate --hosts 10000 --cells 1        one of its 20 cells, as they are alike",
            "  tidepool bench simulate --hosts 1000 --failing 1       1 %% of the hosts die during the load"
        })
public final class SimulateCommand implements Callable<Integer> {
    /** What a cell takes of the heap for each chunk of each host, and what everything takes besides. */
    private static final int BYTES_A_PLACE = 120;

    private static final long BYTES_BESIDES = 256L << 20;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--hosts",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many hosts load (default: ${DEFAULT-VALUE}).")
    int hosts;

    @Option(
            names = "--cell",
            paramLabel = "N",
            defaultValue = "512",
            description = "Hosts a cell, at most (default: ${DEFAULT-VALUE}).")
    int cellHosts;

    @Option(
            names = "--cells",
            paramLabel = "N",
            defaultValue = "0",
            description = "Simulate only so many of the cells; 0: all (default: ${DEFAULT-VALUE}).")
    int simulated;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "100GB",
            converter = SizeConverter.class,
            description = "Size of the model (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(
            names = "--nic",
            paramLabel = "RATE",
            defaultValue = "25Gbit",
            converter = RateConverter.class,
            description = "Bandwidth of a host, each way (default: ${DEFAULT-VALUE}).")
    long nic;

    @Option(
            names = "--oss",
            paramLabel = "RATE",
            defaultValue = "100Gbit",
            converter = RateConverter.class,
            description = "Bandwidth of the bucket, for all cells together (default: ${DEFAULT-VALUE}).")
    long oss;

    @Option(
            names = "--failing",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "How many of the hosts die during the load (default: ${DEFAULT-VALUE}).")
    double failing;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Of everything that happens by chance (default: ${DEFAULT-VALUE}).")
    long seed;

    @Override
    public Integer call() throws InterruptedException {
        require(hosts >= 1 && hosts <= 100_000, "--hosts must be from 1 to 100000");
        require(cellHosts >= 1 && cellHosts <= 1024, "--cell must be from 1 to 1024");
        require(size >= 1, "--size must be above 0");
        require(nic > 0 && oss > 0, "--nic and --oss must be above 0");
        require(failing >= 0 && failing <= 50, "--failing must be from 0 to 50");
        FleetPlan one = new FleetPlan(
                1,
                size,
                nic,
                oss,
                FleetPlan.FILLS,
                FleetPlan.UPLOAD_SLOTS,
                FleetPlan.MESSAGE_NANOS,
                FleetPlan.ORIGIN_NANOS,
                seed);
        Simulation simulation = Simulation.of(hosts, cellHosts, (double) oss, one, simulated, failing / 100);
        long needed = BYTES_BESIDES
                + (long) BYTES_A_PLACE
                        * simulation.plan().hosts()
                        * simulation.plan().sizes().chunks();
        if (needed > Runtime.getRuntime().maxMemory()) {
            return inLargerJvm(needed);
        }
        return run(simulation);
    }

    private int run(Simulation simulation) {
        PrintWriter out = spec.commandLine().getOut();
        FleetPlan plan = simulation.plan();
        out.printf(
                Locale.ROOT,
                "%d hosts in %d cells of %d, %s, %s a host, %s of the bucket a cell, seed %d%n%n",
                hosts,
                simulation.cells(),
                plan.hosts(),
                Units.bytes(plan.modelBytes()),
                RateConverter.text((long) plan.nicBits()),
                RateConverter.text((long) plan.bucketBits()),
                seed);
        out.flush();
        long start = System.nanoTime();
        List<CellResult> results = simulation.run(result -> {
            out.printf(
                    Locale.ROOT,
                    "cell done: %s × the bound, amplification %.4f, digest %016x%n",
                    figure("%.3f", result.ratio()),
                    result.amplification(),
                    result.digest());
            out.flush();
        });
        out.println();
        out.print(table(results));
        out.printf(
                Locale.ROOT,
                "%n%d of %d cells, %,d events, in %.0f s%n",
                results.size(),
                simulation.cells(),
                results.stream().mapToLong(CellResult::events).sum(),
                (System.nanoTime() - start) / 1e9);
        out.flush();
        int unfinished = results.stream().mapToInt(CellResult::unfinished).sum();
        if (unfinished > 0) {
            throw new CommandFailure(unfinished + " hosts live and have not loaded the model: a load hangs");
        }
        return 0;
    }

    private static Table table(List<CellResult> results) {
        Table table = new Table("", ">least", ">most");
        row(table, "hosts that loaded", results, "%.0f", CellResult::loaded);
        row(table, "bound, s", results, "%.1f", CellResult::boundSeconds);
        row(table, "slowest host, s", results, "%.2f", CellResult::makespanSeconds);
        row(table, "slowest / bound", results, "%.3f", CellResult::ratio);
        row(table, "slowest / fastest", results, "%.3f", result -> result.makespanSeconds() / result.fastestSeconds());
        row(table, "origin amplification", results, "%.4f", CellResult::amplification);
        row(table, "tracker messages a second, a host", results, "%.0f", CellResult::messagesPerHostSecond);
        row(table, "… of the busiest tracker", results, "%.0f", CellResult::busiestMessagesPerSecond);
        row(table, "cores of the busiest tracker", results, "%.4f", CellResult::trackerCpu);
        counts(table, results, CellResult::decisions);
        counts(table, results, CellResult::failures);
        counts(table, results, CellResult::fallbacks);
        return table;
    }

    private static <K extends Enum<K>> void counts(
            Table table, List<CellResult> results, Function<CellResult, Map<K, Long>> of) {
        Set<K> kinds = new TreeSet<>();
        results.forEach(result -> kinds.addAll(of.apply(result).keySet()));
        for (K kind : kinds) {
            String name = kind.getDeclaringClass().getSimpleName() + " " + kind;
            row(
                    table,
                    name.toLowerCase(Locale.ROOT),
                    results,
                    "%.0f",
                    result -> of.apply(result).getOrDefault(kind, 0L));
        }
    }

    private static void row(
            Table table, String name, List<CellResult> results, String format, Function<CellResult, Number> value) {
        double[] all = results.stream()
                .mapToDouble(result -> value.apply(result).doubleValue())
                .filter(each -> !Double.isNaN(each))
                .toArray();
        table.row(
                name,
                figure(format, Arrays.stream(all).min().orElse(Double.NaN)),
                figure(format, Arrays.stream(all).max().orElse(Double.NaN)));
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** Needs more heap than the launcher gives to commands: does it again in a JVM that has it. */
    private int inLargerJvm(long needed) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-Xmx" + (needed >> 20) * 5 / 4 + "m");
        command.add("-XX:MaxNewSize=" + (needed >> 22) + "m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.tidepool.agent.cli.Tidepool"));
        command.addAll(spec.root().commandLine().getParseResult().originalArgs());
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            try {
                return process.waitFor();
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new CommandFailure("could not start a JVM with " + Units.bytes(needed) + " of heap", e);
        }
    }

    private void require(boolean good, String message) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
