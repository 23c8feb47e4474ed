package io.tidepool.bench.index;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.index.IndexLayoutBenchmark.Opening;
import io.tidepool.bench.index.IndexLayoutBenchmark.Outcome;
import io.tidepool.bench.index.IndexLayoutBenchmark.Phase;
import io.tidepool.bench.lab.PageCache;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench index}: chunks in sparse files against chunks as RocksDB values. */
@Command(
        name = "index",
        header = "One disk: chunks in sparse files, beside chunks as RocksDB values.",
        description = {
            "",
            "Stores models in 8 MiB chunks, reads pieces at random from the page cache, and forgets half of the models,"
                    + " with one thread. docs/adr/0002 says what follows from it.",
            ""
        })
public final class IndexCommand implements Callable<Integer> {
    private static final long LEAST_BYTES = 4L * ChunkLayout.CHUNK_BYTES;
    private static final long MIB = 1 << 20;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            converter = SizeConverter.class,
            description = "Bytes to store in each way (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to put them for the time being (default: the system's temporary directory).")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws InterruptedException {
        if (size < LEAST_BYTES) {
            throw new ParameterException(spec.commandLine(), "--size must be at least " + Units.bytes(LEAST_BYTES));
        }
        return Workspace.with("tidepool-bench-", directory, 2 * size + 512 * MIB, this::run);
    }

    private void run(Workspace workspace) throws IOException, InterruptedException {
        Map<String, Opening> layouts = new LinkedHashMap<>();
        layouts.put("sparse files", FileLayout::new);
        layouts.put("RocksDB, 1 MiB values", path -> new BlobLayout(path, 1 << 20));
        layouts.put("RocksDB, 128 KiB values", path -> new BlobLayout(path, 128 << 10));
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table(
                "",
                ">write",
                ">CPU",
                ">to disk",
                ">read 128 KiB",
                ">CPU",
                ">read 1 MiB",
                ">CPU",
                ">forget half",
                ">left");
        for (Map.Entry<String, Opening> layout : layouts.entrySet()) {
            // What came before must not be written to the disk while the next one is measured.
            PageCache.flush(workspace.directory());
            Path place = workspace.directory().resolve("layout");
            Outcome outcome = new IndexLayoutBenchmark(place, size).run(layout.getValue());
            row(table, layout.getKey(), outcome);
        }
        out.println(Units.bytes(size) + " in 8 MiB chunks, one thread; CPU in seconds per 10^9 bytes");
        out.println();
        out.print(table);
        out.flush();
    }

    private static void row(Table table, String name, Outcome outcome) {
        table.row(
                name,
                rate(outcome.write()),
                cpu(outcome.write()),
                String.format(Locale.ROOT, "%.2f ×", (double) outcome.writtenBytes() / outcome.storedBytes()),
                rate(outcome.smallReads()),
                cpu(outcome.smallReads()),
                rate(outcome.largeReads()),
                cpu(outcome.largeReads()),
                Units.duration(Duration.ofMillis((long) (outcome.forget().seconds() * 1000))),
                String.format(Locale.ROOT, "%.2f ×", (double) outcome.takenAfterBytes() / outcome.storedBytes()));
    }

    private static String rate(Phase phase) {
        return String.format(Locale.ROOT, "%.2f GB/s", phase.bytesPerSecond() / 1e9);
    }

    private static String cpu(Phase phase) {
        return String.format(Locale.ROOT, "%.2f", phase.cpuSecondsPerGb());
    }
}
