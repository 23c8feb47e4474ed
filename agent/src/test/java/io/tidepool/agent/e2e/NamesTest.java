package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.cli.Tidepool;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names as the bucket has them, through the mount: kept byte by byte, or hidden and counted. */
final class NamesTest extends EndToEndTest {
    private static final int ENOENT = 2;
    private static final int SIZE = 1000;
    private static final List<String> ODD_NAMES = List.of(
            "new\nline",
            "tab\tand bell\u0007",
            "right-\u202eto-left",
            "\u05e9\u05dc\u05d5\u05dd",
            "\u6a21\u578b.safetensors",
            "caf\u00e9",
            "cafe\u0301",
            "csi\u009b31m",
            "\u0001\u001b[2J",
            "\u200fmarks\u200e\ufeff\u2028",
            "\ud83d\udc68\u200d\ud83d\udc69",
            "emoji-\ud83c\udf0a",
            "UPPER",
            "upper",
            " blank at both ends ",
            "quotes'\"<>&%20+\\",
            "-rf",
            "...",
            "n".repeat(255));

    @Test
    void oddNamesAreListedStatedAndReadAsTheyAre() throws Exception {
        for (String name : ODD_NAMES) {
            emulator.bucket().putSynthetic("odd/" + name, SIZE);
        }
        Agent agent = start(setup());
        String odd = agent.at("/m/odd").toString();
        assertThat(Posix.list(utf8(odd))).containsExactlyInAnyOrderElementsOf(ODD_NAMES);
        for (String name : ODD_NAMES) {
            assertReads(agent, "odd/" + name);
        }
        List<String> overGrpc = new ArrayList<>();
        agent.client().list("/m/odd", entry -> overGrpc.add(entry.getPath().substring("/m/odd/".length())));
        assertThat(overGrpc).containsExactlyInAnyOrderElementsOf(ODD_NAMES);
    }

    @Test
    void namesThatAreNotUtf8OrTooLongAreNotThere() throws Exception {
        emulator.bucket().putSynthetic("a", SIZE);
        Agent agent = start(setup());
        byte[] notUtf8 = utf8(agent.at("/m/x").toString());
        notUtf8[notUtf8.length - 1] = (byte) 0xFF;
        assertThat(Posix.errnoOf(() -> Posix.stat(notUtf8))).isEqualTo(ENOENT);
        byte[] tooLong = utf8(agent.at("/m/") + "/" + "x".repeat(256));
        int enametoolong = 36;
        assertThat(Posix.errnoOf(() -> Posix.stat(tooLong))).isIn(ENOENT, enametoolong);
        assertThat(Posix.list(agent.at("/m"))).containsExactly("a");
    }

    @Test
    void whatCantBeAFileNameIsHiddenAndCounted() throws Exception {
        for (String hidden : List.of(
                "h/./inside",
                "h/../inside",
                "h//inside",
                "h/nul\0inside",
                "h/" + "x".repeat(256),
                "h/slash/",
                "h/good")) {
            emulator.bucket().putSynthetic(hidden, SIZE);
        }
        Agent agent = start(setup());
        List<String> listed = Posix.list(agent.at("/m/h"));
        assertThat(listed).contains("good").isSubsetOf("good", "slash");
        if (listed.contains("slash")) {
            assertThat(Posix.stat(agent.at("/m/h/slash")).isDirectory()).isTrue();
            assertThat(Posix.list(agent.at("/m/h/slash"))).isEmpty();
        }
        assertThat(agent.metric("tidepool_names_hidden_total", "")).isGreaterThanOrEqualTo(5);
        assertThat(Posix.stat(agent.at("/m/h/good")).size()).isEqualTo(SIZE);
    }

    @Test
    void aDirectoryHidesTheFileOfTheSameName() throws Exception {
        emulator.bucket().putSynthetic("both/a", SIZE);
        emulator.bucket().putSynthetic("both/a/b", SIZE);
        emulator.bucket().putSynthetic("both/a-between", SIZE);
        Agent agent = start(setup());
        assertThat(Posix.list(agent.at("/m/both"))).containsExactlyInAnyOrder("a", "a-between");
        assertThat(Posix.stat(agent.at("/m/both/a")).isDirectory()).isTrue();
        assertThat(Posix.stat(agent.at("/m/both/a/b")).size()).isEqualTo(SIZE);
        assertThat(agent.metric("tidepool_names_hidden_total", "")).isPositive();
    }

    @Test
    void aKeyOfTheLongestKindAndOfTheShortestAreFiles() throws Exception {
        String longest =
                String.join("/", "a".repeat(255), "b".repeat(255), "\u00e9".repeat(127) + "c", "d".repeat(255));
        assertThat(utf8(longest)).hasSize(1023);
        for (String key : List.of(longest, "s")) {
            emulator.bucket().putSynthetic(key, SIZE);
        }
        Agent agent = start(setup());
        for (String key : List.of(longest, "s")) {
            assertReads(agent, key);
        }
        String parent = longest.substring(0, longest.lastIndexOf('/'));
        assertThat(Posix.list(utf8(agent.at("/m/") + "/" + parent))).containsExactly("d".repeat(255));
        assertThat(Posix.errnoOf(() -> Posix.stat(utf8(agent.at("/m/") + "/" + longest + "e"))))
                .isIn(ENOENT, 36);
        assertThat(Posix.errnoOf(() -> Posix.stat(utf8(agent.at("/m/") + "/" + parent + "/" + "x".repeat(255)))))
                .isEqualTo(ENOENT);
    }

    @Test
    void theCommandLineShowsOddNamesWithoutRewritingTheTerminalAndItsJsonIsExact() throws Exception {
        for (String name : ODD_NAMES) {
            emulator.bucket().putSynthetic("odd/" + name, SIZE);
        }
        Agent agent = start(setup());
        for (List<String> flags : List.of(List.<String>of(), List.of("-l"), List.of("--json"))) {
            String shown = tidepool(agent, "ls", flags);
            assertThat(shown.lines().count()).isBetween((long) ODD_NAMES.size(), ODD_NAMES.size() + 1L);
            assertThat(shown.codePoints().filter(c -> c != '\n').map(Character::getType))
                    .doesNotContain((int) Character.CONTROL, (int) Character.FORMAT);
        }
        List<String> names = tidepool(agent, "ls", List.of("--json"))
                .lines()
                .map(NamesTest::path)
                .map(path -> path.substring("/m/odd/".length()))
                .toList();
        assertThat(names).containsExactlyInAnyOrderElementsOf(ODD_NAMES);
    }

    private String tidepool(Agent agent, String command, List<String> flags) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(command, "--socket", agent.socket()));
        arguments.addAll(flags);
        arguments.add("/m/odd");
        return ended(Child.java(List.of("-XX:TieredStopAtLevel=1"), Map.of(), Tidepool.class, arguments.toArray()))
                .succeeds(Duration.ofSeconds(60));
    }

    private static String path(String json) {
        try {
            return new JsonMapper().readTree(json).get("path").asText();
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    @Test
    void noKeyAndNoPathLeadsOutOfTheCacheDirectory() throws Exception {
        Files.createDirectories(directory.resolve("cache"));
        Files.createDirectories(directory.resolve("nas"));
        Files.writeString(directory.resolve("secret"), "not yours");
        List<String> hostile = List.of(
                "../../etc/passwd",
                "../secret",
                "h/../../../secret",
                "/etc/passwd",
                "//",
                "..",
                "./x",
                "nul\0/../secret",
                "objects/../../secret",
                "LOCK",
                "index/CURRENT",
                "h/good");
        for (String key : hostile) {
            emulator.bucket().putSynthetic(key, SIZE);
        }
        Agent agent = start(setup().files(directory.resolve("nas")).show("nas", "local", "", "off"));
        Set<Path> before = filesOutsideTheCache();
        agent.client().warm(List.of("/m"), progress -> {});
        for (String path :
                List.of("/m/../secret", "/m/h/../../../secret", "/../secret", "/m/nul\0", "/nas/../secret")) {
            assertThatThrownBy(() -> agent.client().read(path, 0, ByteBuffer.allocate(10)))
                    .as(path)
                    .isInstanceOf(ClientException.class);
        }
        assertThat(agent.cachedBytes("/m/h/good")).isEqualTo(SIZE);
        assertReads(agent, "h/good");
        assertReads(agent, "LOCK");
        assertReads(agent, "index/CURRENT");
        assertThat(filesOutsideTheCache()).isEqualTo(before);
        assertThat(directory.resolve("secret")).hasContent("not yours");
        try (Stream<Path> cached = Files.walk(directory.resolve("cache/objects"))) {
            assertThat(cached.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allMatch(file -> file.getFileName().toString().matches("[0-9a-f]+\\.chunks"));
        }
    }

    private Set<Path> filesOutsideTheCache() throws IOException {
        Path mount = directory.resolve("mnt");
        Path cache = directory.resolve("cache");
        Set<Path> found = new TreeSet<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                found.add(path);
                return path.equals(mount) || path.equals(cache)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                found.add(path);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    /** Through the mount, and over gRPC. */
    private static void assertReads(Agent agent, String key) throws Exception {
        byte[] path = utf8(agent.at("/m/") + "/" + key);
        assertThat(Posix.stat(path).size()).as(key).isEqualTo(SIZE);
        int fd = Posix.open(path, Posix.O_RDONLY);
        ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE + 1);
        assertThat(Posix.pread(fd, bytes, 0)).as(key).isEqualTo(SIZE);
        Posix.close(fd);
        assertThat(SyntheticBytes.check(key, 1, 0, bytes.flip())).isEmpty();
        ByteBuffer overGrpc = ByteBuffer.allocate(SIZE + 1);
        agent.client().read("/m/" + key, 0, overGrpc);
        assertThat(SyntheticBytes.check(key, 1, 0, overGrpc.flip())).isEmpty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
