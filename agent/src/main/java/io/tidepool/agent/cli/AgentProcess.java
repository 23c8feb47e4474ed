package io.tidepool.agent.cli;

import io.tidepool.agent.api.AdminService;
import io.tidepool.agent.api.ApiOptions;
import io.tidepool.agent.api.ApiServer;
import io.tidepool.agent.api.Cell;
import io.tidepool.agent.api.CellService;
import io.tidepool.agent.api.FuseAdapter;
import io.tidepool.agent.api.ReadService;
import io.tidepool.agent.api.StatusReporter;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.HostPort;
import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.JvmMeters;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.metrics.MetricsEndpoint;
import io.tidepool.agent.origin.HostNames;
import io.tidepool.agent.origin.OriginSource;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.fuse.FileSystemStats;
import io.tidepool.fuse.Mount;
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
 * a process of its own, tests and the demo in theirs. Start and close belong to one thread, the rest is thread-safe.
 */
public final class AgentProcess implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
    private static final int FILE_SYSTEM_BLOCK = 4096;
    private static final int MAX_NAME_BYTES = 255;

    private final AgentConfig config;
    private final Metrics metrics = new Metrics();
    /** What is to be closed, last opened first. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private volatile String state = "starting";
    private volatile @Nullable Mount mount;
    private @Nullable MetricsEndpoint endpoint;
    private @Nullable ApiServer api;

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
        } catch (RuntimeException | Error e) {
            agent.close();
            throw e;
        }
    }

    private void open() throws IOException, CacheDirectoryException {
        HostNames.configure();
        ComponentOptions options = new ComponentOptions(config);
        options.refuseTooMuch();
        endpoint = opened(MetricsEndpoint.start(config.metrics().address().socketAddress(), metrics, this::notReady));
        opened(new JvmMeters(metrics));
        LandingPool landing = new LandingPool(config.memory().landing().bytes(), metrics);
        DiskTier disk = opened(DiskTier.open(options.disk(), metrics));
        warnOfSmallDisk(disk.limitBytes());
        Origins origins = opened(Origins.open(config, metrics));
        List<Mounted> mounted = origins.mounted(config);
        Catalog catalog =
                new Catalog(mounted, disk.lastKnown(), config.read().attributeTime(), System::nanoTime, metrics);
        Integrity integrity = new Integrity(disk, metrics);
        OriginSource source = new OriginSource(origins.byName(), config.read().deadline(), metrics);
        PeerNode peers = config.peers().enabled() ? opened(PeerNode.open(config.peers(), disk, metrics)) : null;
        Fills fills = opened(new Fills(landing, disk, PeerNode.sources(disk, peers, source), integrity, metrics));
        ChunkCache cache = new ChunkCache(disk, fills);
        LoadReports loads = new LoadReports(Clock.systemUTC(), System::nanoTime, metrics);
        FileReader reader = opened(new FileReader(
                catalog,
                cache,
                fills,
                integrity,
                disk,
                loads,
                options.read(landing.buffers(), PeerNode.order(peers)),
                System::nanoTime,
                metrics));
        if (config.fuse().enabled()) {
            mount(new FuseAdapter(catalog, reader, options.fuseAdapter(), () -> stats(disk)), options, integrity);
        }
        ApiOptions apiOptions = options.api();
        ReadService reads = new ReadService(catalog, reader, disk, apiOptions);
        StatusReporter status = new StatusReporter(
                options.info(Clock.systemUTC().instant()), mounted, origins.watched(), disk, landing, metrics, reads);
        Cell cell = peers == null ? null : peers.cell();
        AdminService admin = new AdminService(catalog, reader, disk, loads, status, cell, apiOptions);
        if (peers != null) {
            peers.listenTo(fills, integrity);
            opened.push(peers::leave);
            peers.join(cache, new CellService(catalog, reader, disk, loads, metrics, peers::uploads, apiOptions));
        }
        api = opened(ApiServer.start(apiOptions, List.of(reads, admin)));
        api.setServing(true);
        state = "";
        announce(mounted);
        origins.watch(config);
    }

    private void mount(FuseAdapter adapter, ComponentOptions options, Integrity integrity) throws IOException {
        Mount mounting = opened(JnrMount.mount(mountPoint(), adapter, options.mount()));
        mount = mounting;
        // On a thread of its own: it waits for reads, and those may wait for the fill that tells.
        integrity.onMismatch(version -> Thread.ofPlatform()
                .daemon()
                .name("forget-pages")
                .start(() -> adapter.inodesOf(version).forEach(mounting::forgetPages)));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private void warnOfSmallDisk(long limitBytes) {
        if (limitBytes < config.cache().capacity().bytes()) {
            log.warn(
                    "cache.capacity is {}, but {} has room for only {} besides keepFree ({}): lower it, or keepFree,"
                            + " or give it a larger disk",
                    config.cache().capacity(),
                    config.cache().directory(),
                    Units.bytes(limitBytes),
                    config.cache().keepFree());
        }
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
            String prefix = each.prefix().isEmpty() ? "" : ", prefix " + each.prefix();
            String where = config.fuse().enabled()
                    ? config.fuse().mountPoint().resolve(each.name()).toString()
                    : "not mounted, /" + each.name() + " over gRPC";
            log.info("origin {}{}: {}", each.origin().name(), prefix, where);
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
        if (!state.isEmpty()) {
            return Optional.of(state);
        }
        Mount mounted = mount;
        return mounted != null && mounted.ended().isDone()
                ? Optional.of("the mount " + mounted.mountPoint() + " has ended")
                : Optional.empty();
    }

    /** Whether {@link #close} was called. */
    public boolean isStopping() {
        return state.equals("stopping");
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

    /** The port of the API's TCP listener; -1 if there is none. */
    public int apiPort() {
        return api == null ? -1 : api.tcpPort();
    }

    /** Unmounts, ends what is under way, and leaves the cache marked as clean. Bounded by its parts: some seconds. */
    @Override
    public void close() {
        state = "stopping";
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
