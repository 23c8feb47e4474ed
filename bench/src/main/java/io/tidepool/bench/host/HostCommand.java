package io.tidepool.bench.host;

import io.tidepool.agent.cli.Units;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.lab.JsonFile;
import io.tidepool.bench.lab.Machine;
import io.tidepool.bench.lab.Mounts;
import io.tidepool.bench.lab.ProgressLine;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench host}: a table for people, JSON for programs, profiles for those who want to know why. */
@Command(
        name = "host",
        header = "One host: through the mount, beside curl and the local disk.",
        description = {
            "",
            "Measures cold reads through the mount against 8 parallel curls into a file (bucket as fast as it can, and"
                    + " at --shaped), tensors in random order against file order, 8 processes on one cold file against 1,"
                    + " the first byte of a large file against curl, and the first read of a cached file against a plain"
                    + " file in the page cache. Prints ratios and CPU seconds per GB.",
            "docs/BENCHMARKS.md says what the figures mean, and has some.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tidepool bench host",
            "  tidepool bench host --size 2GiB --repeat 5 --json host.json",
            "  tidepool bench host --profile /tmp/profile     where the agent's time goes (JFR)"
        })
public final class HostCommand implements Callable<Integer> {
    private static final long LEAST_BYTES = 8 << 20;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            converter = SizeConverter.class,
            description = "Size of the object to read (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often to measure each alternative (default: ${DEFAULT-VALUE}).")
    int repeats;

    @Option(
            names = "--shaped",
            paramLabel = "SIZE",
            defaultValue = "200MB",
            converter = SizeConverter.class,
            description = "What a slow bucket sends a second (default: ${DEFAULT-VALUE}).")
    long shapedBytesPerSecond;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every run and the summaries there.")
    @Nullable
    Path json;

    @Option(
            names = "--profile",
            paramLabel = "DIR",
            description =
                    "Afterwards record the agent on the cold and on the warm path (JFR), and say where its time goes.")
    @Nullable
    Path profile;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where to put cache and files for the time being (default: the system's temporary directory).")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws InterruptedException {
        require(size >= LEAST_BYTES, "--size must be at least " + Units.bytes(LEAST_BYTES));
        require(repeats >= 1 && repeats <= 100, "--repeat must be from 1 to 100");
        require(shapedBytesPerSecond > 0, "--shaped must be above 0");
        Mounts.requireFuse("There is nothing to measure without a mount.");
        return Workspace.with("tidepool-bench-", directory, Rig.diskBytes(size), this::run);
    }

    private void run(Workspace workspace) throws IOException, InterruptedException {
        if (profile != null) {
            Files.createDirectories(profile);
        }
        PrintWriter out = spec.commandLine().getOut();
        HostText text = new HostText(out);
        Machine machine = Machine.here(workspace.directory());
        text.opening(machine, size, repeats);
        Rig rig = Rig.start(workspace, size);
        Consumer<String> progress = ProgressLine.ofSystem();
        HostReport report = new HostBench(rig, machine, repeats, progress)
                .run(Comparisons.all(rig, shapedBytesPerSecond), outcome -> {
                    progress.accept("");
                    text.outcome(outcome);
                });
        text.closing(report);
        if (json != null) {
            JsonFile.write(json, report);
            text.wrote("\nJSON", json);
        }
        if (profile != null) {
            new ProfileRuns(rig, profile, progress, out).run(shapedBytesPerSecond);
        }
    }

    private void require(boolean good, String message) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
