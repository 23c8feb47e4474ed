package io.tidepool.agent.cli.config;

import java.time.Duration;

/** What one origin's connections may take. */
public record LimitsConfig(
        @Setting(value = "Connections kept at most; further requests wait for one.", fallback = "256")
        int connections,

        @Setting(value = "A connection that isn't made within this time is a failed try.", fallback = "2s")
        Duration connectTimeout,

        @Setting(value = "A request on which no byte came for so long is a failed try.", fallback = "5s")
        Duration stallTimeout,

        @Setting(
                value = "Bytes that this agent asks for in a second, at most; above that chunks wait,"
                        + " read-ahead longest. 0: any number.",
                fallback = "0")
        DataSize bytesPerSecond,

        @Setting(
                value = "Requests that this agent sends in a second, at most. An OSS account has 10,000. 0:"
                        + " any number.",
                fallback = "0")
        int requestsPerSecond,

        @Setting(
                value = "Share of requests that may be sent a second time because the first has stalled; the"
                        + " one that is answered first wins; on top of that eight at once. A request for which"
                        + " `bytesPerSecond` or `requestsPerSecond` leaves nothing at that moment is not sent"
                        + " again. 0: none.",
                fallback = "0.05")
        double hedges) {}
