package io.tidepool.agent.cli.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the read and admin API listens. */
public record GrpcConfig(
        @Setting(
                value = "Path of the Unix socket. Whoever may write to it may read every object and use the admin"
                        + " commands.",
                fallback = "/run/tidepool/agent.sock")
        Path socket,

        @Setting(
                value = "An address to listen on besides. **No encryption, no authentication**: loopback only, unless"
                        + " the network is trusted.",
                optional = true)
        @Nullable
        HostPort tcp,

        @Setting(
                value = "Read calls that run at a time, about 3 MiB of memory each; more of them wait.",
                fallback = "64")
        int maxReads) {}
