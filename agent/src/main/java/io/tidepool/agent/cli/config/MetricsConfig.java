package io.tidepool.agent.cli.config;

/** Metrics and health over HTTP. */
public record MetricsConfig(
        @Setting(
                value = "Where `/metrics`, `/-/healthy` and `/-/ready` are. No authentication.",
                fallback = "127.0.0.1:9464")
        HostPort address) {}
