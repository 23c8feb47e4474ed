package io.tidepool.agent.cli;

import io.tidepool.agent.api.AgentInfo;
import io.tidepool.agent.api.ApiOptions;
import io.tidepool.agent.api.FuseAdapter;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.CacheConfig;
import io.tidepool.agent.cli.config.FuseConfig;
import io.tidepool.agent.cli.config.GrpcConfig;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.memory.MemoryBudget;
import io.tidepool.agent.read.ReadOptions;
import io.tidepool.agent.read.StreamOrder;
import io.tidepool.fuse.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the configuration means for each component, in the component's own terms. */
final class ComponentOptions {
    /** Two messages queued, one being filled; see {@link ApiOptions}. */
    private static final long GRPC_READ_BYTES = 3 << 20;
    /** The client's buffers, those of TLS, and the kernel's for what has arrived, which a cgroup counts too. */
    private static final long FETCH_BYTES = 1 << 20;
    /** What of a thread's stack is really touched, and what malloc keeps for it. */
    private static final long THREAD_BYTES = 256 << 10;

    private static final int MAX_CALLS = 1024;
    private static final Duration STUCK_AFTER = Duration.ofMinutes(10);

    private final AgentConfig config;
    private final ProcessNeeds needs;

    ComponentOptions(AgentConfig config) {
        this(config, ProcessLimits.ofThisJvm());
    }

    private ComponentOptions(AgentConfig config, ProcessLimits limits) {
        this.config = config;
        this.needs = new ProcessNeeds(config, limits, config.fuse().enabled() ? mount().workers() : 0);
    }

    DiskOptions disk() {
        CacheConfig cache = config.cache();
        return new DiskOptions(
                cache.directory(),
                cache.capacity().bytes(),
                cache.highWatermark(),
                cache.lowWatermark(),
                cache.keepFree().bytes(),
                needs.cacheFiles());
    }

    /** A quarter of the landing memory is left to demand reads. */
    ReadOptions read(int landingBuffers, StreamOrder order) {
        return new ReadOptions(config.read().deadline(), landingBuffers * 3 / 4, order);
    }

    MountOptions mount() {
        FuseConfig fuse = config.fuse();
        MountOptions options = MountOptions.defaults()
                .withAllowOther(fuse.allowOther())
                .withBufferWait(config.read().deadline())
                .withReadAheadKb(Math.toIntExact(fuse.readAhead().bytes() >> 10));
        return fuse.workers() == 0 ? options : options.withWorkers(fuse.workers());
    }

    /** Everything belongs to whoever runs the agent. */
    FuseAdapter.Options fuseAdapter() throws IOException {
        Path self = Path.of("/proc/self");
        return new FuseAdapter.Options(
                config.read().attributeTime(),
                // The kernel may have read one window ahead, and have asked for the next.
                (int) Math.min(Integer.MAX_VALUE, 2 * config.fuse().readAhead().bytes()),
                (int) Files.getAttribute(self, "unix:uid"),
                (int) Files.getAttribute(self, "unix:gid"));
    }

    ApiOptions api() {
        GrpcConfig grpc = config.grpc();
        return new ApiOptions(
                grpc.socket(),
                grpc.tcp() == null ? null : grpc.tcp().socketAddress(),
                grpc.maxReads(),
                config.read().deadline(),
                MAX_CALLS,
                STUCK_AFTER);
    }

    AgentInfo info(Instant started) {
        return new AgentInfo(
                Version.number(),
                started,
                config.fuse().enabled() ? config.fuse().mountPoint() : null,
                config.cache().directory(),
                config.cache().capacity().bytes());
    }

    /** @throws IllegalArgumentException with one line, if this process may not have what all this together may need */
    void refuseTooMuch() {
        whyTooMuch().ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
    }

    /** Why this process may not have what all this together may need, in one line; empty if it may. */
    Optional<String> whyTooMuch() {
        long fetches = config.origins().stream().filter(o -> o.oss() != null).count()
                * config.read().fetches();
        return MemoryBudget.ofThisJvm()
                .direct("memory.landing", config.memory().landing().bytes())
                .direct("fuse", config.fuse().enabled() ? mount().memoryBytes() : 0)
                .line("cache index", DiskOptions.INDEX_MEMORY_BYTES)
                .line("grpc.maxReads", config.grpc().maxReads() * GRPC_READ_BYTES)
                .line("read.fetches", fetches * FETCH_BYTES)
                .line("threads", needs.threads() * THREAD_BYTES)
                .whyTooMuch()
                .or(needs::whyTooFew);
    }
}
