package io.tidepool.emulator;

import io.tidepool.emulator.shape.Shape;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * How an emulator is set up. {@link #defaults()} is a good start for tests: free loopback ports, one bucket, one key.
 *
 * @param host the address of the OSS port; the control port is always on loopback
 * @param port 0 picks a free one
 * @param controlPort 0 picks a free one
 * @param accessKeys at least one when signatures are required
 * @param requireSignature false serves every request, signed or not
 * @param allowV1 false refuses V1 signatures, as OSS does for new accounts and buckets
 * @param region what V4 signatures must name
 * @param buckets the first is the default bucket
 * @param directory its subdirectories are buckets of files; empty keeps objects in memory
 * @param crc64LimitBytes objects above it have no CRC64 unless they ask for it: it costs a second a GiB, once
 * @param ioThreads event loops
 */
public record EmulatorOptions(
        String host,
        int port,
        int controlPort,
        List<AccessKey> accessKeys,
        boolean requireSignature,
        boolean allowV1,
        String region,
        List<String> buckets,
        Optional<Path> directory,
        Shape shape,
        InstantSource clock,
        long crc64LimitBytes,
        int ioThreads) {

    public static final String DEFAULT_BUCKET = "models";
    public static final String DEFAULT_REGION = "cn-emulator";
    public static final AccessKey DEFAULT_KEY = new AccessKey("emulator", "emulator-secret");

    public EmulatorOptions {
        accessKeys = List.copyOf(accessKeys);
        buckets = List.copyOf(buckets);
        if (buckets.isEmpty() || (requireSignature && accessKeys.isEmpty())) {
            throw new IllegalArgumentException("an emulator needs a bucket, and an access key to check signatures");
        }
        if (port < 0 || port > 65535 || controlPort < 0 || controlPort > 65535 || ioThreads < 1) {
            throw new IllegalArgumentException("ports are 0 to 65535, and there is at least one I/O thread");
        }
    }

    public static EmulatorOptions defaults() {
        return new EmulatorOptions(
                "127.0.0.1",
                0,
                0,
                List.of(DEFAULT_KEY),
                true,
                true,
                DEFAULT_REGION,
                List.of(DEFAULT_BUCKET),
                Optional.empty(),
                Shape.UNLIMITED,
                InstantSource.system(),
                1L << 30,
                2);
    }

    public EmulatorOptions withPort(int newPort) {
        return withAddress(host, newPort);
    }

    public EmulatorOptions withAddress(String newHost, int newPort) {
        return new EmulatorOptions(
                newHost,
                newPort,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withControlPort(int newPort) {
        return new EmulatorOptions(
                host,
                port,
                newPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withAccessKeys(AccessKey... keys) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                List.of(keys),
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    /** Serves every request, signed or not: for clients that cannot sign, such as curl. */
    public EmulatorOptions withoutSignatures() {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                false,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withoutV1() {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                false,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withRegion(String newRegion) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                newRegion,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withBuckets(String... names) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                List.of(names),
                directory,
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withDirectory(Path newDirectory) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                Optional.of(newDirectory),
                shape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withShape(Shape newShape) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                newShape,
                clock,
                crc64LimitBytes,
                ioThreads);
    }

    /** For signature times and Last-Modified; bandwidth and latency always use the machine's clock. */
    public EmulatorOptions withClock(InstantSource newClock) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                newClock,
                crc64LimitBytes,
                ioThreads);
    }

    public EmulatorOptions withCrc64LimitBytes(long limit) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                limit,
                ioThreads);
    }

    public EmulatorOptions withIoThreads(int threads) {
        return new EmulatorOptions(
                host,
                port,
                controlPort,
                accessKeys,
                requireSignature,
                allowV1,
                region,
                buckets,
                directory,
                shape,
                clock,
                crc64LimitBytes,
                threads);
    }
}
