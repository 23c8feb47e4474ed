package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryOriginTest {
    @TempDir
    Path outside;

    private Path root;
    private DirectoryOrigin origin;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(outside.resolve("root"));
        origin = new DirectoryOrigin("nas", root);
    }

    @Test
    void readsEveryChunkOfAFileOfOddSize() throws Exception {
        byte[] bytes = random(ChunkLayout.CHUNK_BYTES + 3_000_001);
        write("m/model.bin", bytes);
        ObjectInfo info = head("m/model.bin");
        assertThat(info.version().sizeBytes()).isEqualTo(bytes.length);

        for (int i = 0; i < 2; i++) {
            ChunkId id = info.version().chunk(i);
            LandingBuffer into = Buffers.of(id);
            Landing landing = new Landing(into);
            origin.read(id, landing);
            byte[] expected = Arrays.copyOfRange(bytes, (int) id.offset(), (int) id.offset() + id.length());
            assertThat(Buffers.bytes(into)).isEqualTo(expected);
            Crc64 crc = new Crc64();
            crc.update(ByteBuffer.wrap(expected));
            assertThat(landing.crc64()).isEqualTo(crc.value());
        }
    }

    @Test
    void headOfWhatIsNoFileIsNull() throws Exception {
        write("dir/file", new byte[1]);
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.writeString(outside.resolve("secret"), "x");
        for (String key : List.of(
                "nothing",
                "dir",
                "dir/",
                "dir/file/below",
                "dir//file",
                "../secret",
                "dir/../dir/file",
                "./dir/file",
                "out/secret",
                "a\0b",
                "",
                "x".repeat(300),
                "y/".repeat(600) + "z")) {
            assertThat(origin.head(key)).as(key).isNull();
        }
    }

    @Test
    void followsLinksInsideAndSeesTheirTarget() throws Exception {
        write("blobs/1234", new byte[10]);
        Files.createDirectories(root.resolve("snapshots"));
        Files.createSymbolicLink(root.resolve("snapshots/model"), Path.of("../blobs/1234"));
        assertThat(head("snapshots/model").version().sizeBytes()).isEqualTo(10);
    }

    @Test
    void aFileReplacedOrWrittenToIsStaleAndNeverMixed() throws Exception {
        write("m", random(100_000));
        ObjectInfo before = head("m");
        Path other = Files.write(root.resolve("other"), random(100_000));
        Files.move(other, root.resolve("m"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertStale(before);

        ObjectInfo replaced = head("m");
        assertThat(replaced.version()).isNotEqualTo(before.version());
        Thread.sleep(20); // more than a tick of the file system's clock
        Files.write(root.resolve("m"), new byte[] {1}, StandardOpenOption.WRITE);
        assertStale(replaced);

        ObjectInfo written = head("m");
        Files.delete(root.resolve("m"));
        assertStale(written);
    }

    private void assertStale(ObjectInfo info) {
        ChunkId id = info.version().chunk(0);
        LandingBuffer into = Buffers.of(id);
        assertThatThrownBy(() -> origin.read(id, new Landing(into)))
                .asInstanceOf(type(ChunkException.class))
                .extracting(ChunkException::kind)
                .isEqualTo(Kind.STALE);
        assertThat(into.watermark()).isZero();
    }

    @Test
    void aFileReplacedWhileItIsReadGivesBytesOfOneVersionOnly() throws Exception {
        int size = 2 << 20;
        AtomicBoolean stop = new AtomicBoolean();
        write("m", filled(size, 0));
        Thread writer = Thread.ofPlatform().start(() -> replaceInTurns(size, stop));
        int whole = 0;
        int stale = 0;
        try {
            for (int i = 0; i < 500 && (i < 50 || whole == 0 || stale == 0); i++) {
                ObjectInfo info = head("m");
                LandingBuffer into = Buffers.of(info.version().chunk(0));
                try {
                    origin.read(info.version().chunk(0), new Landing(into));
                    whole++;
                } catch (ChunkException e) {
                    assertThat(e.kind()).isEqualTo(Kind.STALE);
                    stale++;
                }
                byte[] landed = Buffers.bytes(into);
                byte[] oneVersion = filled(landed.length, landed.length == 0 ? 0 : landed[0]);
                assertThat(Arrays.mismatch(landed, oneVersion)).isEqualTo(-1);
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(stale).as("reads that met a replacement").isPositive();
    }

    private void replaceInTurns(int size, AtomicBoolean stop) {
        try {
            for (int version = 1; !stop.get(); version++) {
                Path next = Files.write(root.resolve(".next"), filled(size, version));
                Files.move(next, root.resolve("m"), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void directoriesAreMarkedSoThatEmptyOnesExist() throws Exception {
        write("b/c/d", new byte[1]);
        write("b/e", new byte[1]);
        Files.createDirectory(root.resolve("empty"));
        Files.createSymbolicLink(root.resolve("out"), outside);

        for (int limit = 1; limit < 6; limit++) {
            assertThat(all("", true, limit)).containsExactly("b/", "empty/");
            assertThat(all("b/", true, limit)).containsExactly("b/", "b/c/", "b/e");
            assertThat(all("b/", false, limit)).containsExactly("b/", "b/c/", "b/c/d", "b/e");
            assertThat(all("empty/", true, limit)).containsExactly("empty/");
        }
    }

    private List<String> all(String prefix, boolean delimited, int limit) throws Exception {
        List<String> keys = new ArrayList<>();
        String after = null;
        do {
            ListPage page = origin.list(prefix, delimited, after, limit);
            assertThat(page.objects().size() + page.prefixes().size()).isLessThanOrEqualTo(limit);
            List<String> sorted = new ArrayList<>(page.prefixes());
            page.objects().forEach(o -> sorted.add(o.version().key()));
            sorted.sort(KeyOrder.INSTANCE);
            keys.addAll(sorted);
            after = page.next();
        } while (after != null);
        return keys;
    }

    @Test
    void aLargeDirectoryIsListedWholeInPages() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            Files.createFile(root.resolve("f" + i));
        }
        assertThat(all("", true, 300)).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void saysInOneLineThatTheRootIsMissing() {
        assertThatThrownBy(() -> new DirectoryOrigin("nas", root.resolve("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nas")
                .hasMessageContaining("nothing");
    }

    private ObjectInfo head(String key) throws Exception {
        ObjectInfo info = origin.head(key);
        assertThat(info).isNotNull();
        return info;
    }

    private void write(String key, byte[] bytes) throws IOException {
        Files.createDirectories(root.resolve(key).getParent());
        Files.write(root.resolve(key), bytes);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] filled(int size, int version) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) version);
        return bytes;
    }
}
