package io.tidepool.emulator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.client.OssClient.Extras;
import io.tidepool.emulator.client.OssClient.Listed;
import io.tidepool.emulator.client.OssClient.Reply;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What works with OSS works with the emulator: every call of a real client library, over signed requests. */
@Timeout(60)
abstract class ClientContract {

    /** Everything that encoding could break: blanks, plus, percent, quotes, non-Latin, outside the BMP. */
    private static final String KEY = "dir a+b/50%/it's \"ünïcode\" 模型 😀~*().bin";

    private static final int PART = 120_000;

    OssEmulator emulator;
    OssClient client;

    EmulatorOptions options() {
        return EmulatorOptions.defaults();
    }

    abstract OssClient connect();

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(options());
        client = connect();
    }

    @AfterEach
    void stop() {
        client.close();
        emulator.close();
    }

    @Test
    void putsHeadsGetsAndDeletes() {
        byte[] bytes = SyntheticBytes.range("put", 1, 0, 100_000);
        String etag = client.put(KEY, bytes, new Extras("model/x", Map.of("origin", "test"), "a=1&b=x%20y", false));
        for (Reply reply : List.of(client.head(KEY), client.get(KEY))) {
            assertThat(reply.size()).isEqualTo(bytes.length);
            assertThat(reply.etag()).isEqualTo(etag);
            assertThat(reply.contentType()).isEqualTo("model/x");
            assertThat(reply.metadata()).containsEntry("origin", "test");
            assertThat(reply.type()).isEqualTo("Normal");
        }
        assertThat(client.get(KEY).body()).isEqualTo(bytes);
        assertThat(client.tags(KEY)).isEqualTo(Map.of("a", "1", "b", "x y"));
        client.delete(KEY);
        assertThat(codeOf(() -> client.get(KEY))).isEqualTo("NoSuchKey");
    }

    @Test
    void readsRanges() {
        emulator.bucket().putSynthetic(KEY, 5L << 30);
        long from = (4L << 30) + 3;
        Reply part = client.get(KEY, from, from + 999);
        assertThat(part.body()).hasSize(1000);
        assertThat(SyntheticBytes.check(KEY, 1, from, part.body())).isEmpty();
    }

    @Test
    void overwritesUnlessForbidden() {
        client.put("k", new byte[1], Extras.NONE);
        client.put("k", new byte[2], Extras.NONE);
        Extras forbid = new Extras("application/octet-stream", Map.of(), "", true);
        assertThat(codeOf(() -> client.put("k", new byte[3], forbid))).isEqualTo("FileAlreadyExists");
        assertThat(client.head("k").size()).isEqualTo(2);
        client.put("new", new byte[3], forbid);
        assertThat(client.head("new").size()).isEqualTo(3);
    }

    @Test
    void lists() {
        for (String key : List.of("a/1", "a/2", "b/3", "c 4", KEY)) {
            client.put(key, new byte[1], Extras.NONE);
        }
        Listed top = client.list("", "/", 1000);
        assertThat(top.keys()).containsExactly("c 4");
        assertThat(top.prefixes()).containsExactly("a/", "b/", "dir a+b/");
        assertThat(client.list("dir a+b/", "", 1000).keys()).containsExactly(KEY);
        Listed page = client.list("", "", 2);
        assertThat(page.keys()).containsExactly("a/1", "a/2");
        assertThat(page.truncated()).isTrue();
        assertThat(client.versions()).containsExactly("a/1@null", "a/2@null", "b/3@null", "c 4@null", KEY + "@null");
    }

    @Test
    void copies() {
        byte[] bytes = SyntheticBytes.range("put", 1, 0, 3000);
        String etag = client.put(KEY, bytes, new Extras("model/x", Map.of("origin", "test"), "a=1", false));
        assertThat(client.copy(KEY, KEY + "+copy")).isEqualTo(etag);
        client.delete(KEY);
        Reply copy = client.get(KEY + "+copy");
        assertThat(copy.body()).isEqualTo(bytes);
        assertThat(copy.contentType()).isEqualTo("model/x");
        assertThat(copy.metadata()).containsEntry("origin", "test");
        assertThat(client.tags(KEY + "+copy")).isEqualTo(Map.of("a", "1"));
        assertThat(codeOf(() -> client.copy("none", "k"))).isEqualTo("NoSuchKey");
    }

    @Test
    void appends() {
        byte[] bytes = SyntheticBytes.range("append", 1, 0, 1_000_000);
        long position = 0;
        for (int from = 0; from < bytes.length; from += 250_000) {
            position = client.append(KEY, position, Arrays.copyOfRange(bytes, from, from + 250_000));
        }
        assertThat(position).isEqualTo(bytes.length);
        assertThat(client.get(KEY).body()).isEqualTo(bytes);
        assertThat(client.head(KEY).type()).isEqualTo("Appendable");
        assertThat(codeOf(() -> client.append(KEY, 5, new byte[1]))).isEqualTo("PositionNotEqualToLength");
        client.put("normal", new byte[1], Extras.NONE);
        assertThat(codeOf(() -> client.append("normal", 1, new byte[1]))).isEqualTo("ObjectNotAppendable");
    }

    @Test
    void uploadsInParts() {
        byte[] bytes = SyntheticBytes.range("parts", 1, 0, 2 * PART + 5);
        emulator.bucket().putSynthetic("source", 10_000_000);
        String id = client.initiate(KEY, new Extras("model/x", Map.of("origin", "parts"), "", false));
        String third = client.uploadPart(KEY, id, 30, Arrays.copyOfRange(bytes, PART, 2 * PART + 5));
        String first = client.uploadPart(KEY, id, 1, Arrays.copyOf(bytes, PART));
        String second = client.copyPart(KEY, id, 2, "source", 7, PART + 6);
        assertThat(client.parts(KEY, id)).isEqualTo(Map.of(1, (long) PART, 2, (long) PART, 30, PART + 5L));
        assertThat(client.uploads()).containsExactly(id);
        assertThat(codeOf(() -> client.get(KEY))).isEqualTo("NoSuchKey");

        String etag = client.complete(KEY, id, Map.of(1, first, 2, second, 30, third));
        Reply whole = client.get(KEY);
        assertThat(whole.etag()).isEqualTo(etag);
        assertThat(whole.contentType()).isEqualTo("model/x");
        assertThat(whole.metadata()).containsEntry("origin", "parts");
        assertThat(whole.type()).isEqualTo("Multipart");
        assertThat(whole.body()).hasSize(3 * PART + 5);
        assertThat(whole.body()).startsWith(Arrays.copyOf(bytes, PART));
        byte[] copied = Arrays.copyOfRange(whole.body(), PART, 2 * PART);
        assertThat(SyntheticBytes.check("source", 1, 7, copied)).isEmpty();
        assertThat(whole.body()).endsWith(Arrays.copyOfRange(bytes, PART, bytes.length));
        // Across both seams.
        assertThat(client.get(KEY, PART - 3, 2 * PART + 3).body())
                .isEqualTo(Arrays.copyOfRange(whole.body(), PART - 3, 2 * PART + 4));
        assertThat(client.uploads()).isEmpty();
        assertThat(codeOf(() -> client.parts(KEY, id))).isEqualTo("NoSuchUpload");
    }

    @Test
    void abortsUploads() {
        String id = client.initiate("k", Extras.NONE);
        client.uploadPart("k", id, 1, new byte[10]);
        client.abort("k", id);
        assertThat(client.uploads()).isEmpty();
        assertThat(codeOf(() -> client.uploadPart("k", id, 2, new byte[1]))).isEqualTo("NoSuchUpload");
    }

    @Test
    void deletesMany() {
        for (String key : List.of("a", KEY, "c", "d")) {
            client.put(key, new byte[1], Extras.NONE);
        }
        assertThat(client.delete(List.of("a", KEY, "never was"), false)).containsExactly("a", KEY, "never was");
        assertThat(client.delete(List.of("c"), true)).isEmpty();
        assertThat(client.list("", "", 1000).keys()).containsExactly("d");
    }

    @Test
    void keepsTagsAndAcls() {
        client.put(KEY, new byte[1], Extras.NONE);
        String etag = client.head(KEY).etag();
        assertThat(client.tags(KEY)).isEmpty();
        client.putTags(KEY, Map.of("size", "1 + 2", "b", ""));
        assertThat(client.tags(KEY)).isEqualTo(Map.of("size", "1 + 2", "b", ""));
        client.deleteTags(KEY);
        assertThat(client.tags(KEY)).isEmpty();
        assertThat(client.acl(KEY)).isEqualTo("default");
        client.putAcl(KEY, "public-read");
        assertThat(client.acl(KEY)).isEqualTo("public-read");
        assertThat(client.head(KEY).etag()).isEqualTo(etag);
        assertThat(codeOf(() -> client.tags("none"))).isEqualTo("NoSuchKey");
    }

    @Test
    void makesListsAndRemovesBuckets() {
        String bucket = emulator.bucket().name();
        client.createBucket("another-one");
        assertThat(client.buckets()).containsExactly("another-one", bucket);
        assertThat(client.locationAndAcl("another-one"))
                .containsExactly("oss-" + emulator.options().region(), "private");
        client.deleteBucket("another-one");
        assertThat(client.buckets()).containsExactly(bucket);
        assertThat(codeOf(() -> client.locationAndAcl("another-one"))).isEqualTo("NoSuchBucket");
        client.put("k", new byte[1], Extras.NONE);
        assertThat(codeOf(() -> client.deleteBucket(bucket))).isEqualTo("BucketNotEmpty");
        assertThat(codeOf(() -> client.createBucket("-no-name"))).isIn("InvalidBucketName", "client");
    }

    private String codeOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        return client.code(thrown);
    }
}
