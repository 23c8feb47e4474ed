package io.tidepool.agent.cli.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One place where bytes come from first: exactly one of {@code oss} and {@code directory} is there. */
public record OriginConfig(
        @Setting(
                "How other keys and metrics call it. Cached bytes belong to it: a new name starts with an empty cache.")
        String name,

        @Setting(value = "A bucket.", optional = true) @Nullable
        OssConfig oss,

        @Setting(
                value = "Instead of a bucket: a local directory, such as a NAS mount. An origin has either `oss` or"
                        + " `directory`.",
                optional = true)
        @Nullable
        Path directory) {}
