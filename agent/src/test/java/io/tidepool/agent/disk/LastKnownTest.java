package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The origins' last answers, over restarts, ordered by the bytes of the key. */
class LastKnownTest {
    private static final List<String> ODD_KEYS = List.of(
            "a",
            "a/",
            "a/b",
            "a b",
            "a\nb",
            "a\u0000b",
            "a\u202Eb",
            "é",
            "e\u0301",
            "模型/权重.safetensors",
            "\uD83D\uDC0B/whale",
            "\uFFFD",
            "z".repeat(1023),
            "模".repeat(341));

    @TempDir
    Path directory;

    private DiskTier disk;

    @BeforeEach
    void open() throws Exception {
        disk = Caches.open(directory, new Metrics(), Caches.BOOT);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private static ObjectInfo info(String origin, String key) {
        boolean odd = key.length() % 2 == 1;
        return new ObjectInfo(
                new ObjectVersion(origin, key, "\"etag-" + key.hashCode(), key.length() * 1_000_000_007L),
                Instant.parse("2026-02-03T04:05:06.123456789Z"),
                odd ? OptionalLong.of(-key.hashCode()) : OptionalLong.empty());
    }

    private List<ObjectInfo> under(String origin, String prefix) {
        List<ObjectInfo> infos = new ArrayList<>();
        disk.lastKnown().under(origin, prefix).forEach(infos::add);
        return infos;
    }

    private static int byteOrder(ObjectInfo a, ObjectInfo b) {
        return Arrays.compareUnsigned(
                a.version().key().getBytes(StandardCharsets.UTF_8),
                b.version().key().getBytes(StandardCharsets.UTF_8));
    }

    private static void assertSame(List<ObjectInfo> actual, List<ObjectInfo> expected) {
        assertThat(actual).isEqualTo(expected);
        for (int i = 0; i < actual.size(); i++) {
            // A version's equality is that of its id, which covers all four fields; say so for the origin and key.
            assertThat(actual.get(i).version().key())
                    .isEqualTo(expected.get(i).version().key());
            assertThat(actual.get(i).version().origin())
                    .isEqualTo(expected.get(i).version().origin());
        }
    }

    @Test
    void oddKeysComeBackInByteOrderAfterARestart() throws Exception {
        List<ObjectInfo> infos =
                new ArrayList<>(ODD_KEYS.stream().map(key -> info("one", key)).toList());
        disk.lastKnown().putAll(infos);
        infos.forEach(info -> disk.lastKnown().put(info("two", info.version().key() + "2")));
        disk.close();
        open();
        infos.sort(LastKnownTest::byteOrder);
        assertSame(under("one", ""), infos);
        assertThat(under("two", "")).hasSize(ODD_KEYS.size());
        assertThat(under("on", "")).isEmpty();
        assertThat(under("", "")).isEmpty();
        for (ObjectInfo info : infos) {
            assertThat(disk.lastKnown().get("one", info.version().key())).isEqualTo(info);
        }
        assertThat(disk.lastKnown().get("three", "a")).isNull();
    }

    @Test
    void aPrefixIsBytesNotWords() {
        ODD_KEYS.forEach(key -> disk.lastKnown().put(info("one", key)));
        assertThat(under("one", "a/")).extracting(i -> i.version().key()).containsExactly("a/", "a/b");
        assertThat(under("one", "模型")).hasSize(1);
        assertThat(under("one", "no such")).isEmpty();
    }

    @Test
    void theLastAnswerCounts() {
        ObjectInfo first = info("one", "k");
        ObjectInfo second =
                new ObjectInfo(new ObjectVersion("one", "k", "new", 5), first.lastModified(), OptionalLong.empty());
        disk.lastKnown().put(first);
        disk.lastKnown().put(second);
        assertThat(disk.lastKnown().get("one", "k")).isEqualTo(second);
        disk.lastKnown().remove("one", "k");
        assertThat(disk.lastKnown().get("one", "k")).isNull();
        assertThat(under("one", "")).isEmpty();
    }

    @Test
    void manyArePagedWithoutGapsOrRepeats() {
        List<ObjectInfo> infos = IntStream.range(0, 1024)
                .mapToObj(i -> info("one", "dir/" + String.format("%05d", i)))
                .toList();
        disk.lastKnown().putAll(infos);
        disk.lastKnown().put(info("one", "dis"));
        assertSame(under("one", "dir/"), infos);
        assertThat(disk.lastKnown().page("one", "dir/", "dir/00500", 3)).isEqualTo(infos.subList(500, 503));
        assertThat(disk.lastKnown().page("one", "dir/", "", 2)).isEqualTo(infos.subList(0, 2));
        assertThat(disk.lastKnown().page("one", "dir/", "e", 2)).isEmpty();
    }

    @Test
    void itOutlivesADroppedVersion() throws Exception {
        ObjectVersion version = Oracle.version("model", 100);
        ObjectInfo info = new ObjectInfo(version, Instant.EPOCH, OptionalLong.empty());
        disk.lastKnown().put(info);
        Oracle.storeAll(disk, version);
        disk.dropAll(version);
        assertThat(disk.lastKnown().get("bucket", "model")).isEqualTo(info);
    }
}
