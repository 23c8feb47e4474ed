package io.tidepool.agent.cli.config;

/** Memory that is not the JVM's heap. */
public record MemoryConfig(
        @Setting(
                value = "Memory that chunks land in before they are on disk. It bounds how many chunks are on their way"
                        + " at once: 8 MiB each.",
                fallback = "512MiB")
        DataSize landing) {}
