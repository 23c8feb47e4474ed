package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the way of a mount is said in one line; the kernel's mount table is read right. */
final class MountPointsTest {
    @TempDir
    Path directory;

    @Test
    void anEmptyDirectoryWillDo() throws IOException {
        Path real = directory.toRealPath();
        assertThat(MountPoints.prepare(directory)).isEqualTo(real);
        Path link = Files.createSymbolicLink(
                Files.createDirectory(directory.resolve("sub")).resolve("link"),
                Files.createDirectory(directory.resolve("target")));
        assertThat(MountPoints.prepare(link)).isEqualTo(real.resolve("target"));
        assertThat(MountPoints.prepare(directory.resolve("sub/../target"))).isEqualTo(real.resolve("target"));
        assertThat(MountPoints.cleanStale(directory)).isFalse();
    }

    @Test
    void whatIsInTheWayIsSaidInOneLine() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        refused(file, "it is not a directory");
        refused(directory, "the directory is not empty");
        refused(directory.resolve("absent"), "there is no such directory (mkdir -p ");
        refused(directory.resolve("absent/below"), "there is no such directory (mkdir -p ");
        refused(Path.of("/"), "cannot mount on /");
    }

    @Test
    void aLineOfTheMountTableIsUnderstood() {
        MountInfo info =
                MountInfo.parse("36 35 0:52 / /mnt/a\\040b\\134\\303\\251 rw,noatime shared:1 master:2 - fuse.tidepool"
                        + " oss\\040x rw,user_id=0");
        assertThat(info).isEqualTo(new MountInfo("0:52", Path.of("/mnt/a b\\é"), "fuse.tidepool", "oss x"));
        assertThat(info.isTidepool()).isTrue();
        assertThat(MountInfo.at(Path.of("/proc")).orElseThrow().type()).isEqualTo("proc");
        assertThat(MountInfo.at(Path.of("/proc/self"))).isEmpty();
    }

    private static void refused(Path path, String reason) {
        assertThatThrownBy(() -> MountPoints.prepare(path))
                .isInstanceOf(MountException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
