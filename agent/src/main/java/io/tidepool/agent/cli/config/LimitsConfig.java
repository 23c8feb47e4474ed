package io.tidepool.agent.cli.config;

import java.time.Duration;

/** What one origin's connections may take. */
public record LimitsConfig(
        @Setting(value = "Connections kept at most; further requests wait for one.", fallback = "256")
        int connections,

        @Setting(value = "A connection that isn't made within this time is a failed try.", fallback = "2s")
        Duration connectTimeout,

        @Setting(value = "A request on which no byte came for so long is a failed try.", fallback = "5s")
        Duration stallTimeout) {}
