package io.tidepool.agent.api;

import com.google.protobuf.Timestamp;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EntryType;
import io.tidepool.proto.v1.TierBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Puts the core's values into the contract's words. Thread-safe. */
final class Entries {
    private final DiskTier disk;

    Entries(DiskTier disk) {
        this.disk = disk;
    }

    Entry entry(CatalogEntry entry) {
        return switch (entry) {
            case CatalogEntry.Directory directory ->
                Entry.newBuilder()
                        .setPath(directory.path())
                        .setType(EntryType.ENTRY_TYPE_DIRECTORY)
                        .build();
            case CatalogEntry.File file -> entry(file.path(), file.info());
        };
    }

    private Entry entry(String path, ObjectInfo info) {
        ObjectVersion version = info.version();
        Entry.Builder entry = Entry.newBuilder()
                .setPath(path)
                .setType(EntryType.ENTRY_TYPE_FILE)
                .setSizeBytes(version.sizeBytes())
                .setEtag(version.etag())
                .setModified(timestamp(info.lastModified()))
                .setCachedBytes(disk.cachedBytes(version))
                .setComplete(disk.isComplete(version))
                .setPinned(disk.isPinned(version))
                .setQuarantined(disk.isQuarantined(version))
                .setOrigin(version.origin())
                .setKey(version.key());
        info.crc64().ifPresent(entry::setCrc64);
        return entry.build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    /** Every tier, also those with no bytes, nearest first. */
    static List<TierBytes> tiers(ToLongFunction<Tier> bytes) {
        return List.of(Tier.values()).stream()
                .map(tier -> TierBytes.newBuilder()
                        .setTier(tier(tier))
                        .setBytes(bytes.applyAsLong(tier))
                        .build())
                .toList();
    }

    static List<TierBytes> tiers(Map<Tier, Long> bytes) {
        return tiers(tier -> bytes.getOrDefault(tier, 0L));
    }

    private static io.tidepool.proto.v1.Tier tier(Tier tier) {
        return switch (tier) {
            case MEMORY -> io.tidepool.proto.v1.Tier.TIER_MEMORY;
            case DISK -> io.tidepool.proto.v1.Tier.TIER_DISK;
            case PEER -> io.tidepool.proto.v1.Tier.TIER_PEER;
            case ORIGIN -> io.tidepool.proto.v1.Tier.TIER_ORIGIN;
        };
    }
}
