package io.tidepool.agent.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A cgroup of its own for a test's process, of version 1 or 2, whichever this machine has. */
final class Cgroup implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Duration EMPTY = Duration.ofSeconds(10);

    private final Path group;
    private final boolean v1;

    private Cgroup(Path group, boolean v1) {
        this.group = group;
        this.v1 = v1;
    }

    /** Skips the test where none can be made, as without root. */
    static Cgroup ofMemory(long bytes) throws IOException {
        Cgroup cgroup = make("memory");
        cgroup.set(cgroup.v1 ? "memory.limit_in_bytes" : "memory.max", bytes);
        return cgroup;
    }

    static Cgroup ofThreads(int threads) throws IOException {
        Cgroup cgroup = make("pids");
        cgroup.set("pids.max", threads);
        return cgroup;
    }

    private static Cgroup make(String controller) throws IOException {
        Path controllers = ROOT.resolve("cgroup.controllers");
        boolean v1 = Files.isDirectory(ROOT.resolve(controller));
        Path parent = v1 ? ROOT.resolve(controller) : ROOT;
        boolean has = v1
                || (Files.exists(controllers) && Files.readString(controllers).contains(controller));
        Assumptions.assumeTrue(has && Files.isWritable(parent), "no cgroup for " + controller + " can be made here");
        if (!v1) {
            Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+" + controller);
        }
        return new Cgroup(Files.createDirectory(parent.resolve("tidepool-test-" + System.nanoTime())), v1);
    }

    private void set(String file, long value) throws IOException {
        Files.writeString(group.resolve(file), Long.toString(value));
    }

    /** What a shell does to enter it. */
    String enter() {
        return "echo $$ > " + group.resolve("cgroup.procs");
    }

    /** How many of its processes were killed for using too much memory. */
    long killed() throws IOException {
        return Files.readString(group.resolve(v1 ? "memory.oom_control" : "memory.events"))
                .lines()
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                .sum();
    }

    @Override
    public void close() throws IOException {
        long start = System.nanoTime();
        while (!Files.readString(group.resolve("cgroup.procs")).isEmpty()) {
            if (System.nanoTime() - start > EMPTY.toNanos()) {
                throw new IOException(group + " is not empty");
            }
            Thread.onSpinWait();
        }
        Files.delete(group);
    }
}
