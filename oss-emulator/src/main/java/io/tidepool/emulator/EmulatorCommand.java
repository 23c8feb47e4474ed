package io.tidepool.emulator;

import io.tidepool.emulator.shape.Shape;
import io.tidepool.emulator.store.SyntheticSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code oss-emulator}: an emulator as a process of its own, until it is told to end. */
@Command(
        name = "oss-emulator",
        mixinStandardHelpOptions = true,
        description = {
            "Serves the OSS protocol from memory, a directory or thin air. It is an emulator, not OSS.",
            "",
            "Objects are put by any OSS client, lie in --dir (a bucket is a subdirectory), or are synthetic:"
                    + " any size, computed, no disk. Faults, bandwidth and counters: see the control port and"
                    + " docs/EMULATOR.md."
        },
        footer = {
            "",
            "Examples:",
            "  oss-emulator --model 2GiB --bandwidth 200MB/s --latency 20ms",
            "  oss-emulator --dir /data/buckets --bucket models --port 9300",
            "  oss-emulator --synthetic big.bin=100GiB --unsigned"
        })
public final class EmulatorCommand implements Callable<Integer> {

    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s)");
    private static final Duration EXAMPLE_VALIDITY = Duration.ofDays(1);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Where to listen (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9300",
            description = "OSS port (default: ${DEFAULT-VALUE}; 0 picks a free one).")
    private int port;

    @Option(
            names = "--control-port",
            paramLabel = "PORT",
            defaultValue = "9301",
            description = "JSON control port, loopback only (default: ${DEFAULT-VALUE}; 0 picks a free one).")
    private int controlPort;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Keep objects as files here; made if need be (default: in memory).")
    private @Nullable Path directory;

    @Option(
            names = "--bucket",
            paramLabel = "NAME",
            defaultValue = EmulatorOptions.DEFAULT_BUCKET,
            arity = "1",
            description = "A bucket to have; repeatable (default: ${DEFAULT-VALUE}).")
    private List<String> buckets = List.of(EmulatorOptions.DEFAULT_BUCKET);

    @Option(
            names = "--access-key-id",
            paramLabel = "ID",
            defaultValue = "emulator",
            description = "(default: ${DEFAULT-VALUE})")
    private String accessKeyId = "";

    @Option(
            names = "--access-key-secret",
            paramLabel = "SECRET",
            defaultValue = "emulator-secret",
            description = "(default: ${DEFAULT-VALUE})")
    private String accessKeySecret = "";

    @Option(names = "--unsigned", description = "Serve requests without checking signatures, for curl.")
    private boolean unsigned;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = EmulatorOptions.DEFAULT_REGION,
            description = "What V4 signatures must name (default: ${DEFAULT-VALUE}).")
    private String region = "";

    @Option(
            names = "--synthetic",
            paramLabel = "KEY=SIZE",
            converter = SyntheticConverter.class,
            description = "A synthetic object in the first bucket; repeatable.")
    private List<SyntheticSpec> synthetic = List.of();

    @Option(
            names = "--model",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "A valid sharded safetensors model of this size under model/ in the first bucket.")
    private @Nullable Long modelBytes;

    @Option(
            names = "--bandwidth",
            paramLabel = "RATE",
            converter = SizeConverter.class,
            description = "All bodies together, for example 200MB/s (default: unlimited).")
    private @Nullable Long bandwidth;

    @Option(
            names = "--connection-bandwidth",
            paramLabel = "RATE",
            converter = SizeConverter.class,
            description = "Each connection (default: unlimited).")
    private @Nullable Long connectionBandwidth;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "To the first byte of each reply, for example 20ms (default: none).")
    private @Nullable Duration latency;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        OssEmulator emulator;
        String example;
        try {
            emulator = new OssEmulator(options());
        } catch (IllegalArgumentException | IOException e) {
            err.println("oss-emulator: " + e.getMessage());
            err.flush();
            return 2;
        }
        try (emulator) {
            example = putObjects(emulator);
            announce(emulator, example, spec.commandLine().getOut());
            runUntilTold(emulator);
            return 0;
        } catch (IllegalArgumentException e) {
            err.println("oss-emulator: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private EmulatorOptions options() throws IOException {
        if (directory != null && Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException("--dir " + directory + " is not a directory");
        }
        EmulatorOptions defaults = EmulatorOptions.defaults();
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                List.of(new AccessKey(accessKeyId, accessKeySecret)),
                !unsigned,
                true,
                region,
                buckets,
                Optional.ofNullable(directory),
                new Shape(
                        bandwidth == null ? 0 : bandwidth,
                        connectionBandwidth == null ? 0 : connectionBandwidth,
                        latency == null ? Duration.ZERO : latency),
                defaults.clock(),
                defaults.crc64LimitBytes(),
                defaults.ioThreads());
    }

    /** Returns a key to show in the example. */
    private String putObjects(OssEmulator emulator) {
        String example = "KEY";
        for (SyntheticSpec object : synthetic) {
            emulator.bucket().putSynthetic(object);
            example = object.key();
        }
        if (modelBytes != null) {
            int shards = SafetensorsModel.usualShards(modelBytes);
            SafetensorsModel model = SafetensorsModel.of("model/", modelBytes, shards);
            model.putInto(emulator.bucket());
            example = model.configKey();
        }
        return example;
    }

    private void announce(OssEmulator emulator, String exampleKey, PrintWriter out) {
        String bucket = emulator.bucket().name();
        AccessKey key = emulator.options().accessKeys().getFirst();
        String url = PresignedUrls.get(emulator.endpoint(), region, key, bucket, exampleKey, EXAMPLE_VALIDITY);
        out.println("OSS emulator: this is NOT OSS, it only speaks its protocol. For tests and demos.");
        out.println();
        out.println("  endpoint           " + emulator.endpoint() + " (path style, or bucket.any-name in Host)");
        out.println("  region             " + region);
        out.println("  buckets            " + String.join(", ", buckets));
        out.println("  access key id      " + key.id());
        out.println("  access key secret  " + key.secret());
        out.println("  signatures         " + (unsigned ? "not checked" : "V4 and V1, checked"));
        out.println("  objects            " + (directory == null ? "in memory" : "files in " + directory));
        out.println("  control            " + emulator.controlUri());
        out.println();
        out.println("Try, while it runs (the URL is signed for a day):");
        out.println("  curl -s '" + url + "' | head -c 200");
        out.println("  curl -s " + emulator.controlUri() + "/counters");
        out.println();
        out.println("Ctrl-C ends it.");
        out.flush();
    }

    /** Until Ctrl-C or SIGTERM ends the process, or this thread is interrupted. */
    private static void runUntilTold(OssEmulator emulator) {
        Runtime.getRuntime().addShutdownHook(new Thread(emulator::close, "emulator-close"));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class SizeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            try {
                return ByteSize.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** The last equals sign parts key and size: a key may have others. */
    private static final class SyntheticConverter implements ITypeConverter<SyntheticSpec> {
        @Override
        public SyntheticSpec convert(String value) {
            int equals = value.lastIndexOf('=');
            if (equals < 1) {
                throw new TypeConversionException("\"" + value + "\" is no KEY=SIZE");
            }
            return SyntheticSpec.of(
                    value.substring(0, equals), new SizeConverter().convert(value.substring(equals + 1)));
        }
    }

    private static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Matcher match = TIME.matcher(value.trim());
            if (!match.matches()) {
                throw new TypeConversionException("\"" + value + "\" is no time: write it like 20ms or 2s");
            }
            long number = Long.parseLong(match.group(1));
            return match.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
        }
    }
}
