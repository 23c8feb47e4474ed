package io.tidepool.bench.lab;

import com.sun.management.OperatingSystemMXBean;
import io.tidepool.agent.cli.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where figures were taken.
 *
 * @param version Tidepool's, Java's and the kernel's, and the flags that agents are given besides
 * @param fileSystem type of the one that the cache is on
 * @param loadBefore load average of the last minute before the first run
 */
public record Machine(String version, int processors, long memoryBytes, String fileSystem, double loadBefore) {

    /** This one, with the cache in {@code directory}. */
    public static Machine here(Path directory) {
        return here(directory, List.of());
    }

    /** As {@link #here(Path)}, where agents are given more flags than the JVM that measures. */
    public static Machine here(Path directory, List<String> agentFlags) {
        try {
            OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            return new Machine(
                    Version.line() + (agentFlags.isEmpty() ? "" : "; agents with " + String.join(" ", agentFlags)),
                    system.getAvailableProcessors(),
                    system.getTotalMemorySize(),
                    Files.getFileStore(directory).type(),
                    system.getSystemLoadAverage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
