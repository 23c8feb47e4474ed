package io.tidepool.agent.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How many descriptors and threads this process may have, and has already.
 *
 * @param threads the smallest of the cgroup's and the user's limits; {@link Long#MAX_VALUE} if there is none
 */
record ProcessLimits(long descriptors, long descriptorsInUse, long threads, long threadsInUse) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    static ProcessLimits ofThisJvm() {
        UnixOperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        return new ProcessLimits(
                system.getMaxFileDescriptorCount(),
                system.getOpenFileDescriptorCount(),
                Math.min(cgroupThreads(), userThreads()),
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** The smallest {@code pids.max} of the cgroup that we are in and those around it, as far as we see them. */
    private static long cgroupThreads() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/cgroup"))) {
            // 7:pids:/path under cgroup v1, 0::/path under v2.
            return lines.map(line -> line.split(":", 3))
                    .filter(parts -> parts.length == 3 && (parts[1].isEmpty() || parts[1].equals("pids")))
                    .mapToLong(parts -> smallest(CGROUPS.resolve(parts[1]), parts[2].substring(1)))
                    .min()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long smallest(Path root, String below) {
        long smallest = Long.MAX_VALUE;
        for (Path group = root.resolve(below); group != null && group.startsWith(root); group = group.getParent()) {
            smallest = Math.min(smallest, number(group.resolve("pids.max")));
        }
        return smallest;
    }

    /** "max" and a file that isn't there are no limit. */
    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The soft limit on the user's processes, which counts threads; the kernel asks root for none. */
    private static long userThreads() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0
                    ? Long.MAX_VALUE
                    : lines.filter(line -> line.startsWith("Max processes"))
                            .map(line -> line.substring("Max processes".length())
                                    .strip()
                                    .replaceAll(" .*", ""))
                            .filter(limit -> !limit.equals("unlimited"))
                            .mapToLong(Long::parseLong)
                            .min()
                            .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
