package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskHealth;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.WatchedOrigin;
import io.tidepool.proto.v1.AgentStatus;
import io.tidepool.proto.v1.CacheStatus;
import io.tidepool.proto.v1.MemoryStatus;
import io.tidepool.proto.v1.MountStatus;
import io.tidepool.proto.v1.OriginStatus;
import io.tidepool.proto.v1.TrafficStatus;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Puts together what {@code Status} answers. Thread-safe. */
public final class StatusReporter {
    private static final List<String> EDGES = List.of("fuse", "grpc");

    private final AgentInfo agent;
    private final List<Mounted> mounts;
    private final List<WatchedOrigin> origins;
    private final DiskTier disk;
    private final LandingPool landing;
    private final Metrics metrics;
    private final ReadService reads;

    public StatusReporter(
            AgentInfo agent,
            List<Mounted> mounts,
            List<WatchedOrigin> origins,
            DiskTier disk,
            LandingPool landing,
            Metrics metrics,
            ReadService reads) {
        this.agent = agent;
        this.mounts = List.copyOf(mounts);
        this.origins = List.copyOf(origins);
        this.disk = disk;
        this.landing = landing;
        this.metrics = metrics;
        this.reads = reads;
    }

    AgentStatus status() {
        return AgentStatus.newBuilder()
                .setVersion(agent.version())
                .setPid(ProcessHandle.current().pid())
                .setStarted(Entries.timestamp(agent.started()))
                .setMountPoint(
                        agent.mountPoint() == null ? "" : agent.mountPoint().toString())
                .addAllMounts(mounts.stream().map(StatusReporter::mount).toList())
                .addAllOrigins(origins.stream().map(StatusReporter::origin).toList())
                .setCache(cache())
                .setMemory(MemoryStatus.newBuilder()
                        .setLandingBytes(landing.usedBytes())
                        .setLandingLimitBytes((long) landing.buffers() * ChunkLayout.CHUNK_BYTES))
                .setTraffic(traffic())
                .build();
    }

    private static MountStatus mount(Mounted mounted) {
        return MountStatus.newBuilder()
                .setName(mounted.name())
                .setOrigin(mounted.origin().name())
                .setPrefix(mounted.prefix())
                .setPolicy(mounted.policy().name().toLowerCase(Locale.ROOT))
                .setImmutable(mounted.immutable())
                .build();
    }

    private static OriginStatus origin(WatchedOrigin origin) {
        return OriginStatus.newBuilder()
                .setName(origin.name())
                .setTrouble(origin.trouble().orElse(""))
                .build();
    }

    private CacheStatus cache() {
        List<CachedVersion> versions = disk.versions();
        DiskHealth health = disk.health();
        return CacheStatus.newBuilder()
                .setDirectory(agent.cacheDirectory().toString())
                .setBytes(
                        versions.stream().mapToLong(CachedVersion::cachedBytes).sum())
                .setLimitBytes(agent.cacheLimitBytes())
                .setRoomBytes(disk.limitBytes())
                .setVersions(versions.size())
                .setCompleteVersions(
                        versions.stream().filter(CachedVersion::complete).count())
                .setPinnedVersions(
                        versions.stream().filter(CachedVersion::pinned).count())
                .setStoreBypass(Objects.requireNonNullElse(health.whyNotStored(), ""))
                .setReadBypass(Objects.requireNonNullElse(health.whyNotRead(), ""))
                .build();
    }

    private TrafficStatus traffic() {
        return TrafficStatus.newBuilder()
                .addAllReadBytes(Entries.tiers(tier -> EDGES.stream()
                        .mapToLong(edge -> (long) metrics.count(Metric.READ_BYTES, edge, tier.label()))
                        .sum()))
                .setOriginBytes((long) metrics.count(Metric.ORIGIN_BYTES))
                .setLoads((long) metrics.count(Metric.LOADS))
                .setCorruptChunks(List.of(Tier.values()).stream()
                        .mapToLong(tier -> (long) metrics.count(Metric.CHUNKS_CORRUPT, tier.label()))
                        .sum())
                .setActiveReads(reads.activeReads())
                .setActiveLeases(reads.activeLeases())
                .build();
    }
}
