package io.tidepool.fuse.jnr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FileKind;
import io.tidepool.fuse.MountException;
import io.tidepool.fuse.MountOptions;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import ru.serce.jnrfuse.ErrorCodes;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;

/** What is particular to the binding through jnr: the library, the device, the C structs. */
final class JnrMountTest {

    @Test
    void aMissingLibraryIsSaidInOneLine() {
        assertThatThrownBy(() -> JnrMount.requireLibrary("libfuse-that-nobody-has.so.2"))
                .isInstanceOf(MountException.class)
                .hasMessage("libfuse-that-nobody-has.so.2 is missing: install libfuse2 (apt-get install libfuse2)");
    }

    @Test
    void aMissingDeviceIsSaidInOneLine() {
        assertThatThrownBy(() -> JnrMount.requireDevice(Path.of("/dev/fuse-that-nobody-has")))
                .isInstanceOf(MountException.class)
                .hasMessageStartingWith("/dev/fuse-that-nobody-has is missing: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
    void theStructsOfJnrFuseLieAsInC() {
        // Printed by a C program with offsetof, Debian 12, x86-64.
        FileStat stat = new FileStat(Runtime.getSystemRuntime());
        assertThat(Struct.size(stat)).isEqualTo(144);
        assertThat(stat.st_ino.offset()).isEqualTo(8);
        assertThat(stat.st_nlink.offset()).isEqualTo(16);
        assertThat(stat.st_mode.offset()).isEqualTo(24);
        assertThat(stat.st_size.offset()).isEqualTo(48);
        assertThat(stat.st_blocks.offset()).isEqualTo(64);
        Statvfs statvfs = new Statvfs(Runtime.getSystemRuntime());
        assertThat(Struct.size(statvfs)).isEqualTo(112);
        assertThat(statvfs.f_frsize.offset()).isEqualTo(8);
        assertThat(statvfs.f_bavail.offset()).isEqualTo(32);
        assertThat(statvfs.f_files.offset()).isEqualTo(40);
        assertThat(statvfs.f_namemax.offset()).isEqualTo(80);
    }

    @Test
    void errnosAreThoseOfThePlatform() {
        assertThat(Errno.ENOENT.number()).isEqualTo(ErrorCodes.ENOENT());
        assertThat(Errno.EINTR.number()).isEqualTo(ErrorCodes.EINTR());
        assertThat(Errno.EROFS.number()).isEqualTo(ErrorCodes.EROFS());
        assertThat(Errno.ENODATA.number()).isEqualTo(ErrorCodes.ENODATA());
        assertThat(Errno.EILSEQ.number()).isEqualTo(ErrorCodes.EILSEQ());
        assertThat(Errno.ESTALE.number()).isEqualTo(ErrorCodes.ESTALE());
        assertThat(Errno.ETIMEDOUT.number()).isEqualTo(ErrorCodes.ETIMEDOUT());
        assertThat(Errno.ENOSYS.number()).isEqualTo(ErrorCodes.ENOSYS());
    }

    @Test
    void memoryIsAccountedForAsASumOfItsParts() {
        MountOptions options = MountOptions.defaults().withWorkers(2).withMaxWaitingReads(8);
        assertThat(options.memoryBytes()).isEqualTo(2 * (131_072 + 4_096) + 2 * 131_072 + 8 * 131_072);
    }

    @Test
    void directoryEntriesLieAsTheKernelWantsThem() {
        try (Arena arena = Arena.ofConfined()) {
            var memory = arena.allocate(120, 8);
            DirectoryAnswer answer = new DirectoryAnswer(memory);
            assertThat(answer.begin(7, 0)).isZero();
            assertThat(answer.bytes()).isEqualTo(64);
            assertThat(answer.add("12345678", 9, FileKind.FILE, 5)).isTrue();
            assertThat(answer.bytes()).isEqualTo(96);
            assertThat(answer.add("x", 9, FileKind.FILE, 6))
                    .as("32 more bytes don't fit")
                    .isFalse();
            assertThat(answer.bytes()).isEqualTo(96);
            long entry = memory.address() + 64;
            assertThat(Memory.getLong(entry)).isEqualTo(9);
            assertThat(Memory.getLong(entry + Layout.DIRENT_OFFSET)).isEqualTo(7);
            assertThat(Memory.getInt(entry + Layout.DIRENT_NAME_BYTES)).isEqualTo(8);
            assertThat(Memory.getInt(entry + Layout.DIRENT_TYPE)).isEqualTo(8);

            assertThat(new DirectoryAnswer(memory).begin(7, 12))
                    .as("the file system's cookie")
                    .isEqualTo(10);
            assertThatThrownBy(() -> answer.add("a/b", 9, FileKind.FILE, 6))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> answer.add("n".repeat(256), 9, FileKind.FILE, 6))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
