package io.tidepool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.bench.Machines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LeftoversTest {
    @TempDir
    Path directory;

    private static long deadPid() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    private static Process sleeper(String owner) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sleep", "300");
        builder.environment().put(Leftovers.variable(), owner);
        return builder.start();
    }

    @Test
    void whatNobodyOwnsIsSweptAndNothingElse() throws Exception {
        Machines.requireNetwork();
        long dead = deadPid();
        String space = "tidepool-" + dead + "-1-h1";
        Commands.run(List.of("ip", "netns", "add", space), "");
        Path theirs = Files.createDirectories(directory.resolve("tidepool-burst-" + dead + "-123/deep"));
        Path ours = Files.createDirectories(directory.resolve("tidepool-burst-" + Leftovers.owner() + "-123"));
        Path foreign = Files.createDirectories(directory.resolve("other-" + dead + "-123"));
        Process orphan = sleeper(Long.toString(dead));
        Process child = sleeper(Leftovers.owner());
        try {
            Leftovers.sweep(directory);
            assertThat(orphan.waitFor()).isNotZero();
            assertThat(child.isAlive()).isTrue();
            assertThat(Commands.run(List.of("ip", "netns", "list"), "")).doesNotContain(space);
            assertThat(theirs.getParent()).doesNotExist();
            assertThat(ours).exists();
            assertThat(foreign).exists();
        } finally {
            orphan.destroyForcibly();
            child.destroyForcibly();
        }
    }

    /** Its owner may be in another container. */
    @Test
    void aDirectoryAloneIsLeftAlone() throws Exception {
        Path theirs = Files.createDirectories(directory.resolve("tidepool-burst-" + deadPid() + "-123"));
        Leftovers.sweep(directory);
        assertThat(theirs).exists();
    }
}
