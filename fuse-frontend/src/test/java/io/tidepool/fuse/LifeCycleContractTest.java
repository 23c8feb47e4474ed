package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mounting, unmounting, and what dead predecessors leave behind. */
@Timeout(60)
final class LifeCycleContractTest extends MountedTest {

    @Test
    void theMountShowsItsNameAndType() throws IOException {
        mount(options().withFsName("oss://bucket, a\\b with spaces"));
        MountInfo info = MountInfo.at(point).orElseThrow();
        assertThat(info.type()).isEqualTo("fuse.tidepool");
        assertThat(info.source()).isEqualTo("oss://bucket, a\\b with spaces");
        assertThat(mount.mountPoint()).isEqualTo(point);
        assertThat(mount.ended()).isNotDone();
    }

    @Test
    void closeUnmountsAndEndsAllThreads() throws Exception {
        fileSystem.file("file", 100, 1);
        mount();
        assertThat(Files.readAllBytes(at("file"))).hasSize(100);
        assertThat(threads()).isPositive();
        mount.close();
        assertThat(MountInfo.at(point)).isEmpty();
        assertThat(mount.ended()).isDone();
        assertThat(point).isEmptyDirectory();
        Eventually.is("threads ended", () -> threads() == 0);
        mount.close();
    }

    @Test
    void closeDoesNotWaitForeverForOpenFiles() throws Exception {
        fileSystem.file("file", 64 << 20, 1);
        mount();
        // The kernel asks for a flush at the first close of all; told that there is none, it closes without asking.
        Files.readAllBytes(at("file"));
        fileSystem.root().children.get("file").keepCache = false;
        try (FileChannel channel = FileChannel.open(at("file"))) {
            assertThat(channel.read(ByteBuffer.allocate(1000), 0)).isEqualTo(1000);
            long start = System.nanoTime();
            mount.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            assertThat(MountInfo.at(point)).isEmpty();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1000), 50 << 20))
                    .isInstanceOf(IOException.class);
        }
        Eventually.is("threads ended", () -> threads() == 0);
    }

    @Test
    void closeLetsReadersThatStillWaitGo() throws Exception {
        Gate gate = new Gate();
        fileSystem.file("cold", 1 << 20, 1).gate = gate;
        mount();
        try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
            Future<byte[]> read = executor.submit(() -> Files.readAllBytes(at("cold")));
            Eventually.is("the read waits", () -> gate.waiting() >= 1);
            mount.close();
            assertThat(gate.interrupted()).isPositive();
            assertThat(gate.waiting()).isZero();
            assertThatThrownBy(read::get).hasCauseInstanceOf(IOException.class);
        }
        Eventually.is("threads ended", () -> threads() == 0);
    }

    @Test
    void unmountingFromOutsideEndsTheMount() throws Exception {
        mount();
        try (Child child = Child.bash("umount \"$1\"", point)) {
            assertThat(child.finish()).isEmpty();
        }
        mount.ended().get(10, TimeUnit.SECONDS);
        Eventually.is("threads ended", () -> threads() == 0);
    }

    @Test
    void closeLeavesAloneWhatOthersHaveMountedMeanwhile() throws Exception {
        mount();
        try (Child child = Child.bash("umount \"$1\" && mount -t tmpfs other \"$1\"", point)) {
            assertThat(child.finish()).isEmpty();
            mount.close();
            assertThat(MountInfo.at(point).orElseThrow().type()).isEqualTo("tmpfs");
        } finally {
            Syscalls.umount2(point, 0);
        }
    }

    @Test
    void aCopyOfTheMountElsewhereIsCutOff() throws Exception {
        Path copy = Files.createTempDirectory("tidepool-copy");
        mount();
        String script = "mountpoint -q /sys/fs/fuse/connections || mount -t fusectl fusectl /sys/fs/fuse/connections;"
                + " mount --bind \"$1\" \"$2\"";
        try (Child child = Child.bash(script, point, copy)) {
            assertThat(child.finish()).isEmpty();
            mount.close();
            assertThat(mount.ended()).isDone();
            assertThat(MountInfo.at(point)).isEmpty();
            assertThat(Syscalls.statvfs(copy)).isEqualTo(Syscalls.ENOTCONN);
        } finally {
            assertThat(Syscalls.umount2(copy, 0)).isZero();
            Files.delete(copy);
        }
    }

    @Test
    void whatAKilledProcessLeavesIsCleaned() throws Exception {
        try (Child child = Child.java(MountingProgram.class, point)) {
            Eventually.is(
                    "the child has mounted",
                    () -> MountInfo.at(point).isPresent() && written(child).equals("mounted\n"));
            assertThatThrownBy(() -> binding.mount(point, fileSystem, options()))
                    .isInstanceOf(MountException.class)
                    .hasMessageContaining("a live Tidepool is mounted there already")
                    .hasMessageNotContaining("\n");
            child.kill();
            assertThat(child.ends(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Syscalls.statvfs(point)).as("the mount is dead").isEqualTo(Syscalls.ENOTCONN);
        assertThat(MountPoints.cleanStale(point)).isTrue();
        assertThat(MountPoints.cleanStale(point)).isFalse();
        assertThat(MountInfo.at(point)).isEmpty();
    }

    @Test
    void mountingOverADeadMountWorks() throws Exception {
        try (Child child = Child.java(MountingProgram.class, point)) {
            Eventually.is("the child has mounted", () -> written(child).equals("mounted\n"));
            child.kill();
            assertThat(child.ends(10, TimeUnit.SECONDS)).isTrue();
        }
        fileSystem.file("file", 10, 1);
        mount();
        assertThat(Files.readAllBytes(at("file"))).hasSize(10);
    }

    private static String written(Child child) {
        try {
            return child.written();
        } catch (IOException e) {
            return "";
        }
    }
}
