package io.tidepool.bench.demo;

import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.lab.Mounts;
import io.tidepool.bench.lab.Workspace;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool demo}: needs no bucket, leaves nothing behind. */
@Command(
        name = "demo",
        header = "Shows it working on this machine alone: bucket (emulated), agent, mount, model.",
        description = {
            "",
            "Loads a synthetic model from an emulated bucket through a real agent and a real mount: cold, warm, in random"
                    + " order and by gRPC; and then on three hosts at once, which share what they fetch. Compares every"
                    + " byte with the bucket's, and says what each load cost.",
            "It needs no cloud account, and cleans up after itself.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tidepool demo",
            "  tidepool demo --size 4GiB --keep",
            "",
            "Exit codes: 0 every byte was right, 1 not, 2 wrong usage."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final long LEAST_BYTES = 1 << 20;
    private static final long MOST_BYTES = 1L << 40;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "512MiB",
            converter = SizeConverter.class,
            description = "Size of the model (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(names = "--keep", description = "Leave it all running for you to look around, until Ctrl-C.")
    boolean keep;

    @Option(names = "--no-mount", description = "Only load by gRPC: for machines without /dev/fuse.")
    boolean noMount;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to put the cache for the time being (default: the system's temporary directory).")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws InterruptedException {
        if (size < LEAST_BYTES || size > MOST_BYTES) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--size " + Units.bytes(size) + ": choose from " + Units.bytes(LEAST_BYTES) + " to "
                            + Units.bytes(MOST_BYTES));
        }
        if (!noMount) {
            Mounts.requireFuse("Or try --no-mount.");
        }
        DemoText text = new DemoText(
                spec.commandLine().getOut(),
                Terminal.system().err(),
                Terminal.system().errIsTty());
        text.opening();
        return Workspace.with("tidepool-demo-", directory, Demo.totalDiskBytes(size), workspace -> {
            Demo demo = Demo.start(workspace, size, !noMount, text);
            demo.run();
            if (keep) {
                demo.keep();
            }
        });
    }
}
