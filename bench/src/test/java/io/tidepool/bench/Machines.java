package io.tidepool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.Mounts;
import io.tidepool.bench.lab.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What tests ask of the machine. */
public final class Machines {
    private Machines() {}

    /** Skips a test that can't mount here; where TIDEPOOL_REQUIRE_FUSE=1 says that it can, it fails instead. */
    public static void requireFuse() {
        require(() -> Mounts.requireFuse("TIDEPOOL_REQUIRE_FUSE is set."), "no FUSE on this machine");
    }

    /** As {@link #requireFuse}, for network namespaces, which need the same rights. */
    public static void requireNetwork() {
        require(Network::require, "no network namespaces on this machine");
    }

    private static void require(Runnable thing, String orElse) {
        if ("1".equals(System.getenv("TIDEPOOL_REQUIRE_FUSE"))) {
            thing.run();
        } else {
            assumeTrue(isThere(thing), orElse);
        }
    }

    private static boolean isThere(Runnable thing) {
        try {
            thing.run();
            return true;
        } catch (CommandFailure e) {
            return false;
        }
    }

    /** Nothing is left of what ran in {@code directory}: no file, no mount, no process that knows of it. */
    public static void assertNothingLeft(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1);
        assertThat(mounts).noneMatch(line -> line.contains(directory.toString()));
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(directory + "/tidepool-"));
    }
}
