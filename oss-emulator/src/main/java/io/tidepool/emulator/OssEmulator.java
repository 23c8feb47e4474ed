package io.tidepool.emulator;

import io.tidepool.emulator.auth.Authenticator;
import io.tidepool.emulator.control.ControlServer;
import io.tidepool.emulator.count.Counters;
import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.fault.Faults;
import io.tidepool.emulator.http.OssServer;
import io.tidepool.emulator.http.ServerContext;
import io.tidepool.emulator.shape.Shape;
import io.tidepool.emulator.shape.Shaper;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.ObjectStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * A running emulator: an OSS endpoint, and in the same JVM the strings to pull at it. Starts in its constructor, runs
 * until {@link #close}. Thread-safe.
 *
 * <pre>{@code
 * try (OssEmulator emulator = new OssEmulator(EmulatorOptions.defaults())) {
 *     emulator.bucket().putSynthetic("model.bin", 3L << 30);
 *     emulator.faults().add(FaultRule.on("model.bin", Fault.resetAfter(1 << 20)).times(1));
 *     ... read it from emulator.endpoint() ...
 *     assertThat(emulator.count("model.bin").bytesSent()).isEqualTo(3L << 30);
 * }
 * }</pre>
 */
public final class OssEmulator implements AutoCloseable {

    private final EmulatorOptions options;
    private final ObjectStore store;
    private final Faults faults = new Faults();
    private final Counters counters = new Counters();
    private final Shaper shaper;
    private final OssServer server;
    private final ControlServer control;

    /** Starts at once; an {@link IOException} if a port is taken or the directory cannot be used. */
    public OssEmulator(EmulatorOptions options) throws IOException {
        this.options = options;
        this.store = new ObjectStore(
                options.clock(), options.crc64LimitBytes(), options.directory().orElse(null));
        options.buckets().forEach(store::createBucket);
        this.shaper = new Shaper(options.shape());
        Authenticator authenticator = options.requireSignature()
                ? new Authenticator(options.accessKeys(), options.region(), options.allowV1(), options.clock())
                : null;
        this.server = new OssServer(
                new ServerContext(store, options.region(), authenticator, faults, counters, shaper, options.clock()),
                options.host(),
                options.port(),
                options.ioThreads());
        try {
            this.control = new ControlServer(this, options.controlPort());
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    public EmulatorOptions options() {
        return options;
    }

    /** For example {@code http://127.0.0.1:40123}; clients need path style ({@code setSLDEnabled(true)} in the SDK). */
    public URI endpoint() {
        InetSocketAddress address = server.address();
        String host = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** The JSON control port, on loopback. */
    public URI controlUri() {
        return control.uri();
    }

    /** The default bucket: the first of the options. */
    public Bucket bucket() {
        return bucket(options.buckets().getFirst());
    }

    /** The bucket of this name; a NoSuchElementException if there is none. */
    public Bucket bucket(String name) {
        return store.bucket(name);
    }

    public ObjectStore store() {
        return store;
    }

    public Faults faults() {
        return faults;
    }

    public Counters counters() {
        return counters;
    }

    /** A URL for a GET that curl can use: signed (V4) with the first access key, valid for an hour. */
    public String presignedUrl(String bucket, String key) {
        AccessKey accessKey = options.accessKeys().getFirst();
        return PresignedUrls.get(endpoint(), options.region(), accessKey, bucket, key, Duration.ofHours(1));
    }

    /** What was asked for and sent of an object of the default bucket. */
    public KeyCount count(String key) {
        return counters.of(options.buckets().getFirst(), key);
    }

    public Shape shape() {
        return shaper.shape();
    }

    /** Takes effect at once, also for bodies under way. */
    public void shape(Shape shape) {
        shaper.shape(shape);
    }

    /** The origin goes away: new connections are refused, open ones reset. Nothing happens when it is off. */
    public void switchOff() {
        server.switchOff();
    }

    /** The origin is back, on the same port. Nothing happens when it is on. */
    public void switchOn() throws IOException {
        server.switchOn();
    }

    /** The origin hangs: new connections are made by the kernel and answered by nobody; open ones go on. */
    public void pauseAccepting() {
        server.pauseAccepting();
    }

    public void resumeAccepting() {
        server.resumeAccepting();
    }

    /** TCP RST on every open connection; new ones are served. */
    public void resetConnections() {
        server.resetConnections();
    }

    @Override
    public void close() {
        control.close();
        server.close();
    }
}
