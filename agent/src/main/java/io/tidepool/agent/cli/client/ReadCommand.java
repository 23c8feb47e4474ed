package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.ReadSummary;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code tidepool read}. */
@Command(
        name = "read",
        header = "Copies a file, or a part of it, to standard output or into a file.",
        description = "All bytes are of one version. A file given by -o appears only when it is whole.",
        footer = {
            "",
            "Examples:",
            "  tidepool read /models/llama/config.json",
            "  tidepool read -o /tmp/ /models/llama/model.safetensors",
            "  tidepool read --offset 8 --length 1MiB /models/llama/model.safetensors | head -c 300"
        })
final class ReadCommand extends ClientCommand {
    @Parameters(paramLabel = "PATH", description = "Path of the file, as in the mount.")
    String path = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write into FILE; into a directory under the file's own name.")
    @Nullable
    Path output;

    @Option(
            names = "--offset",
            paramLabel = "BYTES",
            defaultValue = "0",
            converter = Size.class,
            description = "First byte, as 1048576 or 1MiB. Default: 0")
    long offset;

    @Option(
            names = "--length",
            paramLabel = "BYTES",
            converter = Size.class,
            description = "Number of bytes; a range behind the end is cut there. Default: to the end")
    @Nullable
    Long length;

    ReadCommand(Terminal terminal) {
        super(terminal);
    }

    /** Sizes as people type them. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Units.parseBytes(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    int run(TidepoolClient client) throws ClientException, IOException {
        if (length != null && length == 0) {
            client.stat(path);
            return OK;
        }
        if (output == null) {
            client.read(
                    path, offset, bytesToRead(), new StandardOutput(terminal().out()));
        } else {
            copy(client, output);
        }
        return OK;
    }

    /** In the words of the contract, where 0 is "to the end". */
    private long bytesToRead() {
        return length == null ? 0 : length;
    }

    private void copy(TidepoolClient client, Path file) throws ClientException, IOException {
        Path target = Files.isDirectory(file) ? file.resolve(path.substring(path.lastIndexOf('/') + 1)) : file;
        long start = System.nanoTime();
        long size = client.stat(path).getSizeBytes();
        long expected = Math.max(0, Math.min(length == null ? Long.MAX_VALUE : length, size - offset));
        ReadSummary summary;
        try (PartFile part = new PartFile(target);
                ProgressDisplay progress = new ProgressDisplay(terminal(), "read")) {
            Counted counted = new Counted(part.out(), progress, expected, start);
            summary = client.read(path, offset, bytesToRead(), counted);
            part.commit();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        terminal()
                .err()
                .println(Units.bytes(summary.bytes()) + " in " + Units.duration(time) + " ("
                        + Units.rate(summary.bytes(), time) + ")");
    }

    /** Shows how much has been written. */
    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private final ProgressDisplay progress;
        private final long expected;
        private final long startNanos;
        private long written;

        private Counted(OutputStream out, ProgressDisplay progress, long expected, long startNanos) {
            this.out = out;
            this.progress = progress;
            this.expected = expected;
            this.startNanos = startNanos;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            written += count;
            double rate = written * 1e9 / Math.max(1, System.nanoTime() - startNanos);
            Duration eta = rate <= 0 ? null : Duration.ofMillis((long) ((expected - written) / rate * 1e3));
            progress.show(written, expected, rate, eta, "");
        }
    }

    /** A PrintStream keeps its failures to itself; here they must end the agent's work. */
    private static final class StandardOutput extends OutputStream {
        private final PrintStream out;

        private StandardOutput(PrintStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            if (out.checkError()) {
                throw new BrokenPipeException();
            }
        }
    }
}
