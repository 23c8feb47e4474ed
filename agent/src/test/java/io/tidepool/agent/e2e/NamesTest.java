package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
            "composed-\u00e9",
            "decomposed-e\u0301",
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
            byte[] path = utf8(odd + "/" + name);
            assertThat(Posix.stat(path).size()).as(name).isEqualTo(SIZE);
            int fd = Posix.open(path, Posix.O_RDONLY);
            ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE + 1);
            assertThat(Posix.pread(fd, bytes, 0)).isEqualTo(SIZE);
            assertThat(SyntheticBytes.check("odd/" + name, 1, 0, bytes.flip())).isEmpty();
            Posix.close(fd);
        }
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
    void aLargeDirectoryIsListedWholeAndOnce() throws Exception {
        int count = 20_000;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("shard-%06d-of-%06d.bin".formatted(i, count));
            emulator.bucket().putSynthetic("large/" + names.getLast(), 0);
        }
        Agent agent = start(setup());
        List<String> listed = Posix.list(agent.at("/m/large"));
        assertThat(listed).hasSize(count);
        assertThat(new HashSet<>(listed)).isEqualTo(new HashSet<>(names));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
