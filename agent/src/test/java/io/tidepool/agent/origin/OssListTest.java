package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listings of keys as people and programs make them. */
@Timeout(60)
class OssListTest {
    /** In the order of their UTF-8 bytes. */
    private static final List<String> NASTY = List.of(
            "\u0001control",
            " starts with a space",
            "#hash?query&amp=1",
            "%2Fescaped%",
            "+plus",
            "a",
            "a ",
            "a\u001f",
            "a-b",
            "a/",
            "a0",
            "ab\tc",
            "back\\slash",
            "dots/",
            "ends in a space ",
            "new\nline",
            "quote\"'<&>",
            "tilde~*",
            "\u00e9",
            "e\u0301",
            "\u202eright to left",
            "\uffff",
            "\ud83d\ude00");

    private OssFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new OssFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<String> sorted() {
        return NASTY.stream().sorted(KeyOrder.INSTANCE).toList();
    }

    private void putNasty(String prefix) {
        for (String key : NASTY) {
            String object = key.endsWith("/") ? key + "below\u0002 and more/deeper" : key;
            fixture.emulator.bucket().put(prefix + object, new byte[3]);
        }
    }

    @Test
    void nastyKeysListInOrderWhateverThePageSize() throws Exception {
        putNasty("");
        putNasty("pre fix/");
        for (int limit : new int[] {1, 2, 3, 5, 7, 100}) {
            List<String> expected = new ArrayList<>(sorted());
            expected.add("pre fix/");
            expected.sort(KeyOrder.INSTANCE);
            assertThat(all("", limit)).as("pages of %d", limit).isEqualTo(expected);
            assertThat(all("pre fix/", limit))
                    .isEqualTo(sorted().stream().map(k -> "pre fix/" + k).toList());
        }
    }

    @Test
    void nastyKeysCanBeAskedForAndRead() throws Exception {
        putNasty("dir/");
        for (String key : NASTY) {
            if (!key.endsWith("/")) {
                ObjectInfo info = fixture.head("dir/" + key);
                assertThat(info.version().key()).isEqualTo("dir/" + key);
                fixture.fill(info.version().chunk(0), Buffers.of(info.version().chunk(0)));
            }
        }
    }

    @Test
    void theMarkOfADirectoryIsItsFirstKeyAndDoesNotEndThePage() throws Exception {
        fixture.emulator.bucket().put("d/", new byte[0]);
        fixture.emulator.bucket().put("d/a", new byte[1]);
        fixture.emulator.bucket().put("d/b/c", new byte[1]);
        for (int limit = 1; limit < 5; limit++) {
            assertThat(all("d/", limit)).containsExactly("d/", "d/a", "d/b/");
        }
    }

    @Test
    void aPrefixThatHoldsManyKeysIsOneEntry() throws Exception {
        for (int i = 0; i < 50; i++) {
            fixture.emulator.bucket().put("p/" + i, new byte[1]);
            fixture.emulator.bucket().put("q/\udbff\udfff" + i, new byte[1]);
        }
        fixture.emulator.bucket().put("r", new byte[1]);
        assertThat(all("", 1)).containsExactly("p/", "q/", "r");
    }

    @Test
    void aListingTellsVersionAndTimeButNoCrc64() throws Exception {
        ObjectInfo head = fixture.head(putOne("x"));
        ObjectInfo listed = fixture.origin.list("", true, null, 10).objects().getFirst();
        assertThat(listed.version()).isEqualTo(head.version());
        assertThat(listed.lastModified()).isEqualTo(head.lastModified());
        assertThat(listed.crc64()).isEmpty();
    }

    private String putOne(String key) {
        fixture.emulator.bucket().put(key, new byte[5]);
        return key;
    }

    private List<String> all(String prefix, int limit) throws Exception {
        List<String> keys = new ArrayList<>();
        String after = null;
        do {
            ListPage page = fixture.origin.list(prefix, true, after, limit);
            List<String> sorted = new ArrayList<>(page.prefixes());
            page.objects().forEach(o -> sorted.add(o.version().key()));
            assertThat(sorted).hasSizeLessThanOrEqualTo(limit);
            sorted.sort(KeyOrder.INSTANCE);
            keys.addAll(sorted);
            after = page.next();
        } while (after != null);
        return keys;
    }
}
