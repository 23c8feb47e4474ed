package io.tidepool.agent.cli;

import io.tidepool.agent.api.FuseAdapter;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.HostPort;
import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.memory.MemoryBudget;
import io.tidepool.agent.metrics.JvmMeters;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.metrics.MetricsEndpoint;
import io.tidepool.agent.origin.OriginSource;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.agent.read.ReadOptions;
import io.tidepool.fuse.FileSystemStats;
import io.tidepool.fuse.Mount;
import io.tidepool.fuse.MountOptions;
import io.tidepool.fuse.jnr.JnrMount;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent, put together: plain constructors, top to bottom, and closed in reverse. The command {@code agent} runs one in
 * a process of its own, tests and the demo in theirs.
 */
public final class AgentProcess implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
    private static final int FILE_SYSTEM_BLOCK = 4096;
    private static final int MAX_NAME_BYTES = 255;
    /** Two messages queued, one being filled; see ApiOptions. */
    private static final long GRPC_READ_BYTES = 3 << 20;

    private final AgentConfig config;
    private final Metrics metrics = new Metrics();
    /** What is to be closed, last opened first. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private @Nullable Mount mount;
    private @Nullable MetricsEndpoint endpoint;
    private volatile boolean closing;

    private AgentProcess(AgentConfig config) {
        this.config = config;
    }

    /**
     * Starts all that {@code config} asks for; when it returns, the mount can be read and the API called.
     *
     * @throws CommandFailure with one line for an operator
     */
    public static AgentProcess start(AgentConfig config) {
        AgentProcess agent = new AgentProcess(config);
        try {
            agent.open();
            return agent;
        } catch (IOException | CacheDirectoryException | IllegalArgumentException e) {
            agent.close();
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void open() throws IOException, CacheDirectoryException {
        MountOptions mountOptions = mountOptions();
        checkMemory(mountOptions);
        endpoint = opened(MetricsEndpoint.start(config.metrics().address().socketAddress(), metrics, this::notReady));
        opened(new JvmMeters(metrics));
        LandingPool landing = new LandingPool(config.memory().landing().bytes(), metrics);
        DiskTier disk = opened(DiskTier.open(diskOptions(), metrics));
        Origins origins = opened(Origins.open(config, metrics));
        List<Mounted> mounted = origins.mounted(config);
        Catalog catalog =
                new Catalog(mounted, disk.lastKnown(), config.read().attributeTime(), System::nanoTime, metrics);
        Integrity integrity = new Integrity(disk, metrics);
        OriginSource source = new OriginSource(
                origins.byName(), config.read().fetches(), config.read().deadline(), metrics);
        Fills fills = opened(new Fills(landing, disk, List.of(disk, source), integrity, metrics));
        ChunkCache cache = new ChunkCache(disk, fills);
        LoadReports loads = new LoadReports(Clock.systemUTC(), System::nanoTime, metrics);
        FileReader reader = opened(new FileReader(
                catalog, cache, fills, integrity, disk, loads, readOptions(landing), System::nanoTime, metrics));
        if (config.fuse().enabled()) {
            FuseAdapter adapter = new FuseAdapter(catalog, reader, adapterOptions(), () -> stats(disk));
            mount = opened(JnrMount.mount(mountPoint(), adapter, mountOptions));
        }
        announce(mounted);
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private void checkMemory(MountOptions mountOptions) {
        long grpc = config.grpc().maxReads() * GRPC_READ_BYTES;
        Optional<String> tooMuch = MemoryBudget.ofThisJvm()
                .direct("memory.landing", config.memory().landing().bytes())
                .direct("fuse", config.fuse().enabled() ? mountOptions.memoryBytes() : 0)
                .line("grpc.maxReads", grpc)
                .whyTooMuch();
        if (tooMuch.isPresent()) {
            throw new IllegalArgumentException(tooMuch.get());
        }
    }

    private MountOptions mountOptions() {
        MountOptions options = MountOptions.defaults()
                .withAllowOther(config.fuse().allowOther())
                .withReadAheadKb(Math.toIntExact(config.fuse().readAhead().bytes() >> 10));
        return config.fuse().workers() == 0
                ? options
                : options.withWorkers(config.fuse().workers());
    }

    private DiskOptions diskOptions() {
        var cache = config.cache();
        return new DiskOptions(
                cache.directory(),
                cache.capacity().bytes(),
                cache.highWatermark(),
                cache.lowWatermark(),
                cache.keepFree().bytes(),
                DiskOptions.DEFAULT_MAX_OPEN_FILES);
    }

    /** A quarter of the landing memory is left to demand reads; a model that can't stay in the cache isn't streamed. */
    private ReadOptions readOptions(LandingPool landing) {
        long fits = (long) (config.cache().capacity().bytes() * config.cache().lowWatermark());
        return new ReadOptions(config.read().deadline(), landing.buffers() * 3 / 4, fits);
    }

    private FuseAdapter.Options adapterOptions() throws IOException {
        Path self = Path.of("/proc/self");
        return new FuseAdapter.Options(
                config.read().attributeTime(),
                Math.toIntExact(config.fuse().readAhead().bytes()),
                (int) Files.getAttribute(self, "unix:uid"),
                (int) Files.getAttribute(self, "unix:gid"));
    }

    private Path mountPoint() throws IOException {
        Path point = config.fuse().mountPoint();
        // False for a dead agent's mount, which can't be looked at; the binding cleans that up.
        return Files.notExists(point) ? Files.createDirectories(point) : point;
    }

    private FileSystemStats stats(DiskTier disk) {
        long used =
                disk.versions().stream().mapToLong(CachedVersion::cachedBytes).sum();
        long capacity = config.cache().capacity().bytes();
        return new FileSystemStats(
                FILE_SYSTEM_BLOCK,
                capacity / FILE_SYSTEM_BLOCK,
                Math.max(0, capacity - used) / FILE_SYSTEM_BLOCK,
                0,
                MAX_NAME_BYTES);
    }

    private void announce(List<Mounted> mounted) {
        log.info("{}", Version.line());
        for (Mounted each : mounted) {
            String prefix = each.prefix().isEmpty() ? "" : "/" + each.prefix();
            String where = mount == null
                    ? "gRPC only"
                    : mount.mountPoint().resolve(each.name()).toString();
            log.info("{}{} is at {}", each.origin().name(), prefix, where);
        }
        log.info(
                "ready: cache {} of {}, landing memory {}, metrics on http://{}/metrics",
                config.cache().directory(),
                config.cache().capacity(),
                config.memory().landing(),
                metricsAddress());
    }

    /** Why it does not serve, in one line; empty if it does. */
    public Optional<String> notReady() {
        if (closing) {
            return Optional.of("stopping");
        }
        if (config.fuse().enabled()) {
            if (mount == null) {
                return Optional.of("starting");
            }
            if (mount.ended().isDone()) {
                return Optional.of("the mount " + config.fuse().mountPoint() + " has ended");
            }
        }
        return Optional.empty();
    }

    /** Whether {@link #close} was called. */
    public boolean isStopping() {
        return closing;
    }

    /** Null if the configuration asks for none. */
    public @Nullable Mount mount() {
        return mount;
    }

    public Metrics metrics() {
        return metrics;
    }

    /** Where metrics and health are served. */
    public HostPort metricsAddress() {
        if (endpoint == null) {
            return config.metrics().address();
        }
        InetSocketAddress address = endpoint.address();
        return new HostPort(address.getHostString(), address.getPort());
    }

    /** Unmounts, ends what is under way, and leaves the cache marked as clean. Bounded by its parts: some seconds. */
    @Override
    public void close() {
        closing = true;
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
