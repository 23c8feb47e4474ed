package io.tidepool.agent.cli.config;

import java.nio.file.Path;

/** The cache on local disk. */
public record CacheConfig(
        @Setting(
                "Where chunks are kept, best on a local NVMe disk; made if missing. On tmpfs the cache is memory only.")
        Path directory,

        @Setting("How many bytes of chunks to keep. The least recently loaded models make room for new ones.")
        DataSize capacity,

        @Setting(value = "Share of the capacity above which eviction starts.", fallback = "0.95")
        double highWatermark,

        @Setting(value = "Share of the capacity at which eviction stops.", fallback = "0.90")
        double lowWatermark,

        @Setting(
                value = "Space to leave free on the disk whatever the capacity: a full disk hurts others.",
                fallback = "1GiB")
        DataSize keepFree) {}
