package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, paging, delimiter and encoding of both listings, from memory and from a directory. */
@Timeout(30)
class ListingTest {

    @TempDir
    private Path directory;

    private static final List<String> KEYS = List.of(
            "a", "a-b", "a/b", "a/b!", "a/b/c", "a/c/d", "a/c/e", "a0", "b/", "b//c", "z", "é", "模型/x", "\uFFFD", "😀");

    @Test
    void keysComeInUtf8Order() throws IOException, InterruptedException {
        try (OssEmulator emulator = memory()) {
            KEYS.forEach(key -> emulator.bucket().put(key, new byte[3]));
            List<String> sorted = new ArrayList<>(KEYS);
            sorted.sort(Comparator.comparing(key -> key.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
            String xml = list(emulator, "list-type=2");
            assertThat(all(xml, "Key")).isEqualTo(sorted);
            assertThat(all(xml, "KeyCount")).containsExactly("15");
            assertThat(all(xml, "Size")).containsOnly("3");
            assertThat(all(xml, "ETag")).allSatisfy(etag -> assertThat(etag).matches("\"[0-9A-F]{32}\""));
            assertThat(all(xml, "LastModified").getFirst()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000Z");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void pagesLoseAndRepeatNothing(int maxKeys) throws IOException, InterruptedException {
        try (OssEmulator emulator = memory()) {
            KEYS.forEach(key -> emulator.bucket().put(key, new byte[0]));
            String whole = list(emulator, "list-type=2&max-keys=1000");
            for (String delimiter : new String[] {"", "&delimiter=/"}) {
                String wanted = list(emulator, "list-type=2&max-keys=1000" + delimiter);
                for (String version : new String[] {"", "&list-type=2"}) {
                    List<String> keys = new ArrayList<>();
                    List<String> prefixes = new ArrayList<>();
                    pages(emulator, "encoding-type=url&max-keys=" + maxKeys + delimiter + version, keys, prefixes);
                    assertThat(keys).isEqualTo(all(wanted, "Key"));
                    assertThat(prefixes).isEqualTo(commonPrefixes(wanted));
                }
            }
            assertThat(all(whole, "Key")).hasSize(KEYS.size());
        }
    }

    private static void pages(OssEmulator emulator, String query, List<String> keys, List<String> prefixes)
            throws IOException, InterruptedException {
        String position = "";
        for (int page = 0; page < 100; page++) {
            String xml = list(emulator, query + position);
            all(xml, "Key").forEach(key -> keys.add(decode(key)));
            commonPrefixes(xml).forEach(prefix -> prefixes.add(decode(prefix)));
            if (all(xml, "IsTruncated").contains("false")) {
                assertThat(xml).doesNotContain("<NextMarker>", "<NextContinuationToken>");
                return;
            }
            position = query.contains("list-type=2")
                    ? "&continuation-token=" + all(xml, "NextContinuationToken").getFirst()
                    : "&marker=" + all(xml, "NextMarker").getFirst();
        }
        throw new AssertionError("100 pages and no end");
    }

    @Test
    void delimiterAndPrefixGroup() throws IOException, InterruptedException {
        try (OssEmulator emulator = memory()) {
            KEYS.forEach(key -> emulator.bucket().put(key, new byte[0]));
            String root = list(emulator, "delimiter=/");
            assertThat(all(root, "Key")).containsExactly("a", "a-b", "a0", "z", "é", "\uFFFD", "😀");
            assertThat(commonPrefixes(root)).containsExactly("a/", "b/", "模型/");
            String inA = list(emulator, "list-type=2&delimiter=/&prefix=a/");
            assertThat(all(inA, "Key")).containsExactly("a/b", "a/b!");
            assertThat(commonPrefixes(inA)).containsExactly("a/b/", "a/c/");
            assertThat(all(list(emulator, "prefix=b/"), "Key")).containsExactly("b/", "b//c");
            assertThat(all(list(emulator, "prefix=a&marker=a/b"), "Key").getFirst())
                    .isEqualTo("a/b!");
            assertThat(all(list(emulator, "list-type=2&start-after=a/c/d&prefix=a/c"), "Key"))
                    .containsExactly("a/c/e");
            assertThat(all(list(emulator, "prefix=nothing"), "Key")).isEmpty();
        }
    }

    @Test
    void encodingIsAppliedToNamesOnly() throws IOException, InterruptedException {
        try (OssEmulator emulator = memory()) {
            emulator.bucket().put("a b/\u0001<&>\n", new byte[0]);
            String xml = list(emulator, "encoding-type=url&prefix=a%20&delimiter=/");
            assertThat(all(xml, "EncodingType")).containsExactly("url");
            assertThat(commonPrefixes(xml)).containsExactly("a%20b%2F");
            assertThat(all(xml, "Prefix").getFirst()).isEqualTo("a%20");
            assertThat(all(list(emulator, "encoding-type=url"), "Key")).containsExactly("a%20b%2F%01%3C%26%3E%0A");
            assertThat(list(emulator, "encoding-type=base64")).contains("<Code>InvalidArgument</Code>");
        }
    }

    @Test
    void maxKeysHasBounds() throws IOException, InterruptedException {
        try (OssEmulator emulator = memory()) {
            for (int i = 0; i < 150; i++) {
                emulator.bucket().putSynthetic("k" + i, i);
            }
            assertThat(all(list(emulator, ""), "Key")).hasSize(100);
            for (String bad : new String[] {"0", "1001", "-1", "x"}) {
                assertThat(list(emulator, "max-keys=" + bad)).contains("<Code>InvalidArgument</Code>");
            }
            assertThat(list(emulator, "list-type=2&continuation-token=$")).contains("<Code>InvalidArgument</Code>");
        }
    }

    @Test
    void aDirectoryListsLikeMemory() throws IOException, InterruptedException {
        Random random = new Random(3);
        try (OssEmulator files = new OssEmulator(
                        EmulatorOptions.defaults().withoutSignatures().withDirectory(directory));
                OssEmulator memory = memory()) {
            TreeSet<String> parents = new TreeSet<>();
            for (int i = 0; i < 300; i++) {
                String key = key(random);
                boolean clash = parents.contains(key)
                        || memory.bucket().find(key.split("/", 2)[0]).isPresent();
                if (!clash && (key.indexOf('/') < 0 || parents.add(key.split("/", 2)[0]))) {
                    files.bucket().put(key, new byte[1]);
                    memory.bucket().put(key, new byte[1]);
                }
            }
            // One that is not a file, among them.
            files.bucket().putSynthetic("b-synthetic", 1);
            memory.bucket().putSynthetic("b-synthetic", 1);
            for (String query : new String[] {
                "max-keys=1000",
                "delimiter=/",
                "prefix=a",
                "prefix=b&delimiter=/",
                "marker=a-b/&max-keys=5",
                "prefix=a.b/",
                "marker=b",
                "delimiter=-&max-keys=7",
                "prefix=ab/a&marker=ab/aa"
            }) {
                assertThat(all(list(files, query), "Key")).as(query).isEqualTo(all(list(memory, query), "Key"));
                assertThat(commonPrefixes(list(files, query))).isEqualTo(commonPrefixes(list(memory, query)));
            }
        }
    }

    private static String key(Random random) {
        StringBuilder key = new StringBuilder();
        String alphabet = "ab-.0é";
        int parts = 1 + random.nextInt(3);
        for (int part = 0; part < parts; part++) {
            key.append(part == 0 ? "" : "/").append("ab".charAt(random.nextInt(2)));
            for (int i = random.nextInt(3); i > 0; i--) {
                key.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
        }
        return key.toString();
    }

    private static OssEmulator memory() throws IOException {
        return new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
    }

    private static String list(OssEmulator emulator, String query) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = TestClients.send(emulator, "GET", "?" + query);
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static List<String> all(String xml, String element) {
        List<String> values = new ArrayList<>();
        Matcher match =
                Pattern.compile("<" + element + ">(.*?)</" + element + ">").matcher(xml);
        while (match.find()) {
            values.add(match.group(1));
        }
        return values;
    }

    private static List<String> commonPrefixes(String xml) {
        return all(String.join("", all(xml, "CommonPrefixes")), "Prefix");
    }

    private static String decode(String text) {
        return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
