package io.tidepool.agent.cli.config;

import java.nio.file.Path;

/** The file system that the kernel shows. */
public record FuseConfig(
        @Setting(value = "Whether to mount at all; the gRPC API works without.", fallback = "true")
        boolean enabled,

        @Setting(
                value = "Where to mount; an empty directory, made if missing. A mount that a dead agent left there is"
                        + " cleaned up.",
                fallback = "/mnt/tidepool")
        Path mountPoint,

        @Setting(
                value =
                        "Whether users other than the agent's may enter, as containers need it. An agent that isn't root"
                                + " needs `user_allow_other` in /etc/fuse.conf.",
                fallback = "true")
        boolean allowOther,

        @Setting(
                value = "Threads that take requests from the kernel; 0: one for each of up to 8 processors.",
                fallback = "0")
        int workers,

        @Setting(
                value = "How far the kernel reads ahead of a sequential reader. Its own default, 128 KiB, is far too"
                        + " small.",
                fallback = "4MiB")
        DataSize readAhead) {}
