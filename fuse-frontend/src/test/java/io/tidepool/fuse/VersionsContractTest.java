package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replaced file is another inode, and a failure has the errno that the file system gave it. */
@Timeout(60)
final class VersionsContractTest extends MountedTest {
    private static final int SIZE = 4 << 20;

    @Test
    void aStaleOpenLooksAgainAndOpensTheNewInode() throws IOException {
        MemoryFileSystem.Node old = fileSystem.file("model", SIZE, 1);
        mount();
        try (FileChannel before = FileChannel.open(at("model"))) {
            expect(before, 1, 0, SIZE / 2);
            assertThat(ino(at("model"))).isEqualTo(old.ino);

            MemoryFileSystem.Node next = fileSystem.file("model", SIZE, 2);
            // The kernel may take the name for the old inode for another minute; only the failing open tells it.
            assertThat(ino(at("model"))).isEqualTo(old.ino);
            try (FileChannel after = FileChannel.open(at("model"))) {
                assertThat(fileSystem.count("open ESTALE")).isEqualTo(1);
                assertThat(ino(at("model"))).isEqualTo(next.ino);
                expect(after, 2, 0, SIZE);
                expect(before, 1, 0, SIZE);
                expect(after, 2, 0, SIZE);
            }
        }
    }

    @Test
    void aNewContentOfAnotherSizeIsSeenWholly() throws IOException {
        fileSystem.file("model", SIZE, 1);
        mount();
        assertThat(Files.readAllBytes(at("model"))).hasSize(SIZE);
        fileSystem.file("model", SIZE + 1000, 2);
        byte[] bytes = Files.readAllBytes(at("model"));
        assertThat(bytes).hasSize(SIZE + 1000);
        assertThat(Pattern.mismatch(2, 0, ByteBuffer.wrap(bytes))).isEqualTo(-1);
    }

    @Test
    void forgottenPagesAreAskedAnewByAnOpenFile() throws IOException {
        MemoryFileSystem.Node node = fileSystem.file("model", SIZE, 1);
        mount();
        try (FileChannel open = FileChannel.open(at("model"))) {
            expect(open, 1, 0, SIZE);
            node.seed = 2;
            expect(open, 1, 0, SIZE);
            mount.forgetPages(node.ino);
            expect(open, 2, 0, SIZE);
        }
        mount.forgetPages(12_345);
        mount.close();
        mount.forgetPages(node.ino);
    }

    @Test
    void openFailsWithTheErrnoOfTheFileSystem() throws IOException {
        fileSystem.file("file", SIZE, 1);
        mount();
        Map<Errno, String> texts = Map.of(
                Errno.EIO, "Input/output error",
                Errno.ESTALE, "Stale file handle",
                Errno.EPERM, "Operation not permitted",
                Errno.ETIMEDOUT, "Connection timed out",
                Errno.EBUSY, "Device or resource busy");
        for (Map.Entry<Errno, String> expected : texts.entrySet()) {
            fileSystem.root().children.get("file").openFails = expected.getKey();
            assertThatThrownBy(() -> FileChannel.open(at("file")))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(expected.getValue());
        }
        fileSystem.root().children.get("file").openFails = Errno.EACCES;
        assertThatThrownBy(() -> FileChannel.open(at("file"))).isInstanceOf(AccessDeniedException.class);
        fileSystem.root().children.get("file").openFails = Errno.ENOENT;
        assertThatThrownBy(() -> FileChannel.open(at("file"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readFailsWithTheErrnoOfTheFileSystem() throws IOException {
        MemoryFileSystem.Node node = fileSystem.file("file", SIZE, 1);
        mount();
        Map<Errno, String> texts = Map.of(
                Errno.EIO, "Input/output error",
                Errno.ESTALE, "Stale file handle",
                Errno.EACCES, "Permission denied");
        try (FileChannel channel = FileChannel.open(at("file"))) {
            for (Map.Entry<Errno, String> expected : texts.entrySet()) {
                node.readFails = expected.getKey();
                assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10), 0))
                        .isInstanceOf(IOException.class)
                        .hasMessage(expected.getValue());
            }
            node.readFails = null;
            expect(channel, 1, 0, SIZE);
        }
    }

    @Test
    void anUnexpectedExceptionIsAnIoErrorAndTheMountLivesOn() throws IOException {
        MemoryFileSystem.Node node = fileSystem.file("file", SIZE, 1);
        mount();
        node.readThrows = new IllegalStateException("thrown by the test");
        assertThatThrownBy(() -> Files.readAllBytes(at("file"))).hasMessage("Input/output error");
        node.readThrows = null;
        assertThat(Files.readAllBytes(at("file"))).hasSize(SIZE);
    }

    private static void expect(FileChannel channel, long seed, long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            assertThat(channel.read(buffer, offset + buffer.position())).isPositive();
        }
        assertThat(Pattern.mismatch(seed, offset, buffer.flip())).isEqualTo(-1);
    }
}
