package io.tidepool.agent.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The most memory that the agent may come to use: a sum of named lines, checked before anything is allocated against what
 * this process may have. Not thread-safe.
 */
public final class MemoryBudget {
    private record Line(String name, long bytes, boolean direct) {}

    private static final int MIB = 20;

    private final List<Line> lines = new ArrayList<>();

    /** The heap, and what a JVM takes beside it: classes, code, stacks, the garbage collector. */
    public static MemoryBudget ofThisJvm() {
        return new MemoryBudget().line("heap", option("MaxHeapSize")).line("the JVM itself", 256L << MIB);
    }

    /** Adds what native libraries allocate. */
    public MemoryBudget line(String name, long bytes) {
        lines.add(new Line(name, bytes, false));
        return this;
    }

    /** Adds direct buffers. */
    public MemoryBudget direct(String name, long bytes) {
        lines.add(new Line(name, bytes, true));
        return this;
    }

    public long totalBytes() {
        return lines.stream().mapToLong(Line::bytes).sum();
    }

    /** Why it can't work on this machine, in one line; empty if it can. */
    public Optional<String> whyTooMuch() {
        return whyTooMuch(memoryLimit(), directLimit());
    }

    Optional<String> whyTooMuch(long limitBytes, long directLimitBytes) {
        if (totalBytes() > limitBytes) {
            return Optional.of("needs " + mib(totalBytes()) + " of memory ("
                    + lines.stream()
                            .map(line -> line.name + " " + mib(line.bytes))
                            .collect(Collectors.joining(", "))
                    + "), but this process may have " + mib(limitBytes)
                    + ": lower memory.landing or the heap (-Xmx), or raise the limit");
        }
        long direct = lines.stream().filter(Line::direct).mapToLong(Line::bytes).sum();
        if (direct > directLimitBytes) {
            return Optional.of("needs " + mib(direct) + " of direct memory, but the JVM may have "
                    + mib(directLimitBytes) + ": lower memory.landing or raise -XX:MaxDirectMemorySize");
        }
        return Optional.empty();
    }

    private static String mib(long bytes) {
        return (bytes >> MIB) + "MiB";
    }

    /** The cgroup's limit if there is one, else the machine's memory. */
    private static long memoryLimit() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** 0 stands for its default, which is the heap's. */
    private static long directLimit() {
        long bytes = option("MaxDirectMemorySize");
        return bytes == 0 ? Runtime.getRuntime().maxMemory() : bytes;
    }

    /** A number among the JVM's flags. Runtime.maxMemory would leave out one of the heap's spaces. */
    private static long option(String name) {
        return Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption(name)
                .getValue());
    }
}
