package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.disk.SmallDisk;
import io.tidepool.fuse.MountInfo;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidepool agent} as a process: what it writes, how it ends, and what it leaves behind. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
final class AgentCommandTest {
    @TempDir
    Path directory;

    private Process agent;

    @BeforeEach
    void makeAnOrigin() throws IOException {
        Files.createDirectories(directory.resolve("origin/m"));
        Files.writeString(directory.resolve("origin/m/a"), "some bytes");
    }

    @AfterEach
    void kill() throws Exception {
        if (agent != null) {
            agent.destroyForcibly().waitFor();
        }
        if (MountInfo.at(directory.resolve("mnt")).isPresent()) {
            unmount(); // else the directory could not be deleted
        }
    }

    @Test
    void aTermSignalUnmountsAndEndsItWell() throws Exception {
        requireFuse();
        start();
        awaitMount();
        assertThat(directory.resolve("mnt/nas/m/a")).hasContent("some bytes");
        agent.destroy();
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).as("ends within 10 s").isTrue();
        assertThat(agent.exitValue()).as(log()).isZero();
        assertThat(MountInfo.at(directory.resolve("mnt"))).isEmpty();
        assertThat(log())
                .contains("origin nas: " + directory.resolve("mnt/nas"))
                .contains("ready: cache ")
                .endsWith("stopped\n")
                .doesNotContain("Exception")
                .doesNotContain("WARN");
    }

    @Test
    void aTermSignalWhileItStartsLeavesNoMount() throws Exception {
        requireFuse();
        start();
        while (MountInfo.at(directory.resolve("mnt")).isEmpty()) {
            assertThat(agent.isAlive()).as(log()).isTrue();
        }
        agent.destroy();
        assertThat(agent.waitFor(20, TimeUnit.SECONDS)).as("ends").isTrue();
        assertThat(MountInfo.at(directory.resolve("mnt"))).as(log()).isEmpty();
        assertThat(agent.exitValue()).as(log()).isZero();
    }

    @Test
    void someoneElsesUnmountEndsItWithAnError() throws Exception {
        requireFuse();
        start();
        awaitMount();
        unmount();
        assertThat(agent.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).as(log()).isEqualTo(1);
        assertThat(log()).contains("tidepool: the mount was unmounted by someone else; stopping");
    }

    @Test
    void aSecondAgentOnOneCacheDirectoryIsRefusedInOneLine() throws Exception {
        requireFuse();
        start();
        awaitMount();
        Process first = agent;
        try {
            start();
            assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.exitValue()).isEqualTo(1);
            assertThat(log().lines())
                    .singleElement()
                    .asString()
                    .startsWith("tidepool: cache directory " + directory.resolve("cache") + " is in use")
                    .contains("(pid " + first.pid() + ")");
            assertThat(first.isAlive()).isTrue();
            assertThat(directory.resolve("mnt/nas/m/a")).hasContent("some bytes");
        } finally {
            first.destroy();
            assertThat(first.waitFor(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aMistakeInTheConfigurationIsOneLine() throws Exception {
        Files.delete(directory.resolve("origin/m/a"));
        Files.delete(directory.resolve("origin/m"));
        Files.delete(directory.resolve("origin"));
        start();
        assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(1);
        assertThat(log().lines()).singleElement().asString().startsWith("tidepool: origin 'nas': ");
    }

    @Test
    void aFullCacheDiskIsOneLine() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("cache"), "16k")) {
            assertRefuses(disk, "No space left on device");
        }
    }

    @Test
    void aReadOnlyCacheDiskIsOneLine() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("cache"), "64m")) {
            disk.makeReadOnly();
            assertRefuses(disk, "Read-only file system");
        }
    }

    private void assertRefuses(SmallDisk cache, String why) throws Exception {
        start();
        assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).as(log()).isEqualTo(1);
        assertThat(log().lines())
                .singleElement()
                .asString()
                .startsWith("tidepool: cache directory " + cache.path() + " can't be ")
                .endsWith(why);
        assertThat(MountInfo.at(directory.resolve("mnt"))).isEmpty();
    }

    private void start() throws IOException {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                origins: [{name: nas, directory: %1$s/origin}]
                cache: {directory: %1$s/cache, capacity: 1GiB, keepFree: 0}
                memory: {landing: 64MiB}
                fuse: {mountPoint: %1$s/mnt, allowOther: false}
                grpc: {socket: %1$s/agent.sock}
                metrics: {address: "127.0.0.1:0"}
                """.formatted(directory));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--") || flag.startsWith("-X"))
                .forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Tidepool.class.getName(),
                "agent",
                "-c",
                file.toString()));
        agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    private void unmount() throws Exception {
        String point = directory.resolve("mnt").toString();
        Process unmount =
                new ProcessBuilder("fusermount3", "-u", "-z", point).inheritIO().start();
        assertThat(unmount.waitFor()).isZero();
    }

    private void awaitMount() throws Exception {
        while (!log().contains("ready: ")) {
            assertThat(agent.isAlive()).as(log()).isTrue();
            Thread.sleep(50);
        }
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private static void requireFuse() {
        boolean possible = Files.exists(Path.of("/dev/fuse"));
        if ("1".equals(System.getenv("TIDEPOOL_REQUIRE_FUSE"))) {
            assertThat(possible)
                    .as("/dev/fuse exists, for TIDEPOOL_REQUIRE_FUSE=1")
                    .isTrue();
        }
        Assumptions.assumeTrue(possible, "no /dev/fuse here");
    }
}
