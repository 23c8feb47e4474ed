package io.tidepool.agent.cli.config;

import java.time.Duration;

/** How reads behave. */
public record ReadConfig(
        @Setting(value = "Each read ends by then, in bytes or an error.", fallback = "30s")
        Duration deadline,

        @Setting(
                value = "How long names, sizes and versions are believed before the origin is asked again.",
                fallback = "1s")
        Duration attributeTime,

        @Setting(
                value = "Chunks fetched from each origin at a time, at most, demand before read-ahead. Fewer"
                        + " while the origin throttles, or gives no more bytes for more requests.",
                fallback = "32")
        int fetches) {}
