package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Append, copy, multi-delete and the headers of objects, at the edges that client libraries do not go to. */
class WritesTest extends UnsignedRig {

    @Test
    void anAppendTellsWhereToGoOn() throws IOException, InterruptedException {
        HttpResponse<byte[]> first = send("POST", "k?append&position=0", "hello ");
        assertThat(first.headers().firstValue("x-oss-next-append-position")).hasValue("6");
        HttpResponse<byte[]> wrong = send("POST", "k?append&position=0", "world");
        assertError(wrong, 409, "PositionNotEqualToLength");
        assertThat(wrong.headers().firstValue("x-oss-next-append-position")).hasValue("6");
        assertThat(wrong.headers().firstValue("x-oss-hash-crc64ecma"))
                .isEqualTo(first.headers().firstValue("x-oss-hash-crc64ecma"));
        HttpResponse<byte[]> second = send("POST", "k?append&position=6", "world");
        HttpResponse<byte[]> got = send("GET", "k", "");
        assertThat(text(got)).isEqualTo("hello world");
        for (String header : new String[] {"etag", "x-oss-hash-crc64ecma", "x-oss-next-append-position"}) {
            assertThat(got.headers().firstValue(header))
                    .as(header)
                    .isPresent()
                    .isEqualTo(second.headers().firstValue(header));
        }
        assertError(send("POST", "k?append", "x"), 400, "InvalidArgument");
        assertError(send("POST", "new?append&position=1", "x"), 409, "PositionNotEqualToLength");
    }

    @ParameterizedTest
    @CsvSource({
        "if-match, right, 200",
        "if-match, other, 412",
        "if-none-match, right, 304",
        "if-none-match, other, 200",
        "if-unmodified-since, past, 412",
        "if-modified-since, past, 200",
        "if-modified-since, future, 304"
    })
    void copiesUnderConditions(String condition, String value, int status) throws IOException, InterruptedException {
        String etag = emulator.bucket().put("k", new byte[10]).etag();
        String header = switch (value) {
            case "right" -> '"' + etag + '"';
            case "past" -> "Sun, 06 Nov 1994 08:49:37 GMT";
            case "future" -> "Sat, 06 Nov 2094 08:49:37 GMT";
            default -> "\"00\"";
        };
        HttpResponse<byte[]> reply =
                send("PUT", "copy", "", "x-oss-copy-source", source("k"), "x-oss-copy-source-" + condition, header);
        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(emulator.bucket().find("copy").isPresent()).isEqualTo(status == 200);
    }

    @Test
    void aCopyKeepsOrReplacesMetadataAndTags() throws IOException, InterruptedException {
        send("PUT", "k", "x", "Content-Type", "a/b", "x-oss-meta-one", "1", "x-oss-tagging", "t=1");
        send("PUT", "kept", "", "x-oss-copy-source", source("k"), "x-oss-meta-two", "2", "x-oss-tagging", "t=2");
        HttpResponse<byte[]> kept = send("GET", "kept", "");
        assertThat(kept.headers().firstValue("content-type")).hasValue("a/b");
        assertThat(kept.headers().firstValue("x-oss-meta-one")).hasValue("1");
        assertThat(kept.headers().firstValue("x-oss-meta-two")).isEmpty();
        assertThat(text(send("GET", "kept?tagging", ""))).contains("<Value>1</Value>");
        send(
                "PUT",
                "k",
                "",
                "x-oss-copy-source",
                source("k"),
                "x-oss-metadata-directive",
                "REPLACE",
                "x-oss-tagging-directive",
                "Replace",
                "x-oss-meta-two",
                "2",
                "x-oss-tagging",
                "t=2&u=3");
        HttpResponse<byte[]> replaced = send("GET", "k", "");
        assertThat(text(replaced)).isEqualTo("x");
        assertThat(replaced.headers().firstValue("x-oss-meta-one")).isEmpty();
        assertThat(replaced.headers().firstValue("x-oss-meta-two")).hasValue("2");
        assertThat(replaced.headers().firstValue("x-oss-tagging-count")).hasValue("2");
        assertError(send("PUT", "c", "", "x-oss-copy-source", "/nothing"), 400, "InvalidArgument");
        assertError(send("PUT", "c", "", "x-oss-copy-source", "/no-bucket/k"), 404, "NoSuchBucket");
        assertError(
                send("PUT", "k", "", "x-oss-copy-source", source("k"), "x-oss-metadata-directive", "MOVE"),
                400,
                "InvalidArgument");
    }

    @Test
    void aCopyOfASyntheticObjectTakesNoMemory() throws IOException, InterruptedException {
        emulator.bucket().putSynthetic("huge", 6L << 40);
        send("PUT", "copy", "", "x-oss-copy-source", source("huge"));
        HttpResponse<byte[]> part = send("GET", "copy", "", "Range", "bytes=5000000000007-5000000001006");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(SyntheticBytes.check("huge", 1, 5_000_000_000_007L, part.body()))
                .isEmpty();
    }

    @Test
    void multiDeleteWantsADigestAndGoodXml() throws IOException, InterruptedException, NoSuchAlgorithmException {
        emulator.bucket().put("a&b", new byte[1]);
        emulator.bucket().put("c", new byte[1]);
        String body = "<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>";
        assertError(send("POST", "?delete", body), 400, "MissingArgument");
        assertError(send("POST", "?delete", body, "Content-MD5", md5("other")), 400, "InvalidDigest");
        for (String bad : new String[] {
            "<Delete></Delete>",
            "<Delete><Object/></Delete>",
            "<Delete><Quiet>maybe</Quiet><Object><Key>c</Key></Object></Delete>",
            "<Delete>" + "<Object><Key>c</Key></Object>".repeat(1001) + "</Delete>",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&e;</Key></Object></Delete>"
        }) {
            assertError(send("POST", "?delete", bad, "Content-MD5", md5(bad)), 400, "MalformedXML");
        }
        String done = text(send("POST", "?delete&encoding-type=url", body, "Content-MD5", md5(body)));
        assertThat(done).contains("<Deleted><Key>a%26b</Key></Deleted>", "<EncodingType>url</EncodingType>");
        assertThat(emulator.bucket().find("c")).isEmpty();
        String quiet = body.replace("<Delete>", "<Delete><Quiet>true</Quiet>");
        HttpResponse<byte[]> silent = send("POST", "?delete", quiet, "Content-MD5", md5(quiet));
        assertThat(silent.statusCode()).isEqualTo(200);
        assertThat(silent.body()).isEmpty();
    }

    @Test
    void tagsHaveLimits() throws IOException, InterruptedException {
        emulator.bucket().put("k", new byte[1]);
        String eleven = "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1";
        assertError(send("PUT", "k2", "x", "x-oss-tagging", eleven), 400, "InvalidTag");
        String twice = "<Tag><Key>a</Key><Value>1</Value></Tag>".repeat(2);
        assertError(send("PUT", "k?tagging", "<Tagging><TagSet>" + twice + "</TagSet></Tagging>"), 400, "InvalidTag");
        assertError(send("PUT", "k?tagging", "<Other/>"), 400, "MalformedXML");
        assertError(send("PUT", "k?acl", "", "x-oss-object-acl", "everyone"), 400, "InvalidArgument");
        assertError(send("PUT", "k?acl", ""), 400, "MissingArgument");
    }

    @Test
    void keepsTheHeadersOfAnObject() throws IOException, InterruptedException {
        send("PUT", "k", "x", "Cache-Control", "no-cache", "Content-Disposition", "attachment", "Expires", "never");
        HttpResponse<byte[]> head = send("HEAD", "k", "");
        assertThat(head.headers().firstValue("cache-control")).hasValue("no-cache");
        assertThat(head.headers().firstValue("content-disposition")).hasValue("attachment");
        assertThat(head.headers().firstValue("expires")).hasValue("never");
    }

    @Test
    void callbacksAreRefusedAndNothingIsStored() throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = send("PUT", "k", "x", "x-oss-callback", "e30=");
        assertError(reply, 501, "NotImplemented");
        assertError(send("PUT", "k?callback=e30%3D", "x"), 501, "NotImplemented");
        assertThat(emulator.bucket().find("k")).isEmpty();
    }

    @Test
    void whatIsNotServedIsRefusedAndNotTakenForSomethingElse() throws IOException, InterruptedException {
        emulator.bucket().put("k", new byte[1]);
        for (String query : new String[] {"acl", "restore", "symlink", "versionId=1"}) {
            assertError(send("DELETE", "k?" + query, ""), 501, "NotImplemented");
        }
        assertError(send("POST", "", "a form"), 501, "NotImplemented");
        assertError(send("PUT", "?lifecycle", "<x/>"), 501, "NotImplemented");
        assertThat(emulator.bucket().find("k")).isPresent();
    }

    private String source(String key) {
        return "/" + emulator.bucket().name() + "/" + key;
    }

    private static String md5(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(digest);
    }
}
