package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names lead where they should, listings are complete, and nothing can be changed. */
@Timeout(60)
final class NamesContractTest extends MountedTest {

    @Test
    void aDirectoryOfTenThousandListsEachEntryOnce() throws IOException {
        MemoryFileSystem.Node directory = fileSystem.directory(fileSystem.root(), "many");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String name = "shard-" + "x".repeat(i % 200) + i;
            expected.add(name);
            fileSystem.add(directory, name, i % 10 == 0 ? FileKind.DIRECTORY : FileKind.FILE, i, i);
        }
        mount();
        assertThat(list(at("many"))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(fileSystem.count("readdir")).as("pages").isGreaterThan(10);
    }

    @Test
    void whatExistsThroughoutAListingIsListedOnceWhateverComesAndGoes() throws IOException {
        MemoryFileSystem.Node directory = fileSystem.directory(fileSystem.root(), "busy");
        for (int i = 0; i < 20_000; i++) {
            fileSystem.add(directory, (i % 2 == 0 ? "stays" : "goes") + i, FileKind.FILE, 1, i);
        }
        mount();
        List<String> seen = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(at("busy"))) {
            int rounds = 0;
            for (Path entry : entries) {
                seen.add(entry.getFileName().toString());
                int i = rounds++;
                fileSystem.remove(directory, "goes" + (19_999 - 2 * i));
                fileSystem.add(directory, "comes" + i % 500, FileKind.FILE, 1, i);
            }
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(name -> name.startsWith("stays"))).hasSize(10_000);
        assertThat(seen.stream().filter(name -> name.startsWith("goes")))
                .as("some had gone")
                .hasSizeLessThan(10_000);
    }

    @Test
    void dotAndDotDotAreListedFirst() throws Exception {
        fileSystem.file("a", 1, 1);
        mount();
        try (Child child = Child.bash("ls -fa \"$1\"", point)) {
            assertThat(child.finish()).isEqualTo(".\n..\na\n");
        }
    }

    @Test
    void pathsLeadThroughDirectories() throws Exception {
        MemoryFileSystem.Node outer = fileSystem.directory(fileSystem.root(), "org");
        MemoryFileSystem.Node inner = fileSystem.directory(outer, "model");
        fileSystem.add(inner, "config.json", FileKind.FILE, 20, 5);
        mount();
        assertThat(Pattern.mismatch(5, 0, ByteBuffer.wrap(Files.readAllBytes(at("org/model/config.json")))))
                .isEqualTo(-1);
        try (Child child = Child.bash("cat \"$1\"/config.json/x; cat \"$1\"", at("org/model"))) {
            assertThat(child.finish()).contains("config.json/x: Not a directory\n", "model: Is a directory\n");
        }
    }

    @Test
    void anAbsentNameIsAskedOnceWithinItsTime() throws IOException {
        mount();
        assertThatThrownBy(() -> Files.size(at("nothing"))).isInstanceOf(NoSuchFileException.class);
        assertThat(Files.exists(at("nothing"))).isFalse();
        assertThat(fileSystem.count("lookup")).isEqualTo(1);

        fileSystem.validFor = Duration.ZERO;
        assertThat(Files.exists(at("other"))).isFalse();
        assertThat(Files.exists(at("other"))).isFalse();
        assertThat(fileSystem.count("lookup")).isEqualTo(3);
    }

    @Test
    void strangeButLegalNamesRoundTrip() throws IOException {
        List<String> names = List.of(
                "new\nline",
                "tab\t",
                "\u0001control",
                "\u202Eright-to-left",
                "emoji \uD83C\uDF0A",
                "é composed",
                "e\u0301 not",
                "n".repeat(255),
                "\u4E2D".repeat(85),
                " ",
                "-rf",
                "a\\b");
        for (int i = 0; i < names.size(); i++) {
            fileSystem.file(names.get(i), 100 + i, i);
        }
        mount();
        assertThat(list(point)).containsExactlyElementsOf(names);
        for (int i = 0; i < names.size(); i++) {
            assertThat(Files.size(at(names.get(i)))).isEqualTo(100 + i);
        }
    }

    @Test
    void namesThatAreNotUtf8AreNotThereAndTheFileSystemIsNotAsked() throws Exception {
        mount();
        String script = "stat \"$1\"/$'\\xff\\xfe'; stat \"$1\"/$'ok\\xc3'; stat \"$1\"/$'\\xed\\xa0\\x80'; echo asked";
        try (Child child = Child.bash(script, point)) {
            assertThat(child.finish().lines()).hasSize(4).last().isEqualTo("asked");
            assertThat(child.written().lines().limit(3)).allMatch(line -> line.endsWith("No such file or directory"));
        }
        assertThat(fileSystem.count("lookup")).isZero();
    }

    @Test
    void nothingCanBeChanged() throws IOException {
        fileSystem.file("file", 10, 1);
        fileSystem.directory(fileSystem.root(), "directory");
        mount();
        List<ThrowingCallable> changes = List.of(
                () -> Files.write(at("file"), new byte[1]),
                () -> Files.newByteChannel(at("file"), StandardOpenOption.APPEND)
                        .close(),
                () -> Files.createFile(at("new")),
                () -> Files.createDirectory(at("new")),
                () -> Files.createSymbolicLink(at("new"), at("file")),
                () -> Files.createLink(at("new"), at("file")),
                () -> Files.delete(at("file")),
                () -> Files.delete(at("directory")),
                () -> Files.move(at("file"), at("new")),
                () -> Files.setPosixFilePermissions(at("file"), PosixFilePermissions.fromString("rwxrwxrwx")),
                () -> Files.setLastModifiedTime(at("file"), FileTime.fromMillis(0)),
                () -> Files.getFileAttributeView(at("file"), UserDefinedFileAttributeView.class)
                        .write("oss.etag", StandardCharsets.UTF_8.encode("x")));
        for (ThrowingCallable change : changes) {
            assertThatThrownBy(change)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("Read-only file system");
        }
        assertThat(list(point)).containsExactly("file", "directory");
    }

    @Test
    void extendedAttributesAreShown() throws IOException {
        fileSystem.file("file", 10, 0xCAFE);
        mount();
        var view = Files.getFileAttributeView(at("file"), UserDefinedFileAttributeView.class);
        assertThat(view.list()).containsExactly("oss.etag");
        ByteBuffer value = ByteBuffer.allocate(view.size("oss.etag"));
        view.read("oss.etag", value);
        assertThat(StandardCharsets.UTF_8.decode(value.flip()).toString()).isEqualTo("cafe");
        assertThatThrownBy(() -> view.size("other")).hasMessageContaining("No data available");
        assertThatThrownBy(() -> view.read("oss.etag", ByteBuffer.allocate(2))).isInstanceOf(FileSystemException.class);
    }

    @Test
    void theKernelForgetsWhatItWasTold() throws Exception {
        fileSystem.validFor = Duration.ZERO;
        MemoryFileSystem.Node old = fileSystem.file("file", 10, 1);
        mount();
        assertThat(ino(at("file"))).isEqualTo(old.ino);
        assertThat(fileSystem.lookupCounts.get(old.ino).sum()).isPositive();
        MemoryFileSystem.Node next = fileSystem.file("file", 10, 2);
        assertThat(ino(at("file"))).isEqualTo(next.ino);
        Eventually.is("forgotten", () -> fileSystem.lookupCounts.get(old.ino).sum() == 0);
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
