package io.tidepool.agent.cli.config;

import io.tidepool.agent.catalog.Policy;

/** One top-level directory of the mount. */
public record DirectoryConfig(
        @Setting("Its name: a model at `llama/` of prefix `models/` is `MOUNTPOINT/NAME/llama/`.")
        String name,

        @Setting("The name of its origin.") String origin,

        @Setting(value = "Show only keys below this prefix, such as `models/`; empty: the whole origin.", fallback = "")
        String prefix,

        @Setting(
                value = "What to read ahead when a reader gets past a model file's header. `model`: the whole file,"
                        + " then its sibling shards. `file`: the whole file. `window`: a window ahead of a sequential"
                        + " reader. `off`: nothing.",
                fallback = "model")
        Policy policy,

        @Setting(
                value = "Promise that objects below are never replaced: then `open` doesn't ask the origin again.",
                fallback = "false")
        boolean immutable) {

    /** A whole origin under its own name. */
    static DirectoryConfig of(String origin) {
        return new DirectoryConfig(origin, origin, "", Policy.MODEL, false);
    }
}
