package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.oss.common.utils.CRC64;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What OSS says of uploads in parts when a client gets them right, and when not. */
class MultipartTest extends UnsignedRig {

    private static final int PART = 100 << 10;

    @Test
    void etagAndCrc64AreMadeOfTheParts() throws IOException, InterruptedException, NoSuchAlgorithmException {
        byte[] bytes = SyntheticBytes.range("k", 1, 0, PART + 7);
        String id = initiate("k");
        String first = upload("k", id, 1, Arrays.copyOf(bytes, PART));
        String second = upload("k", id, 2, Arrays.copyOfRange(bytes, PART, PART + 7));
        HttpResponse<byte[]> done = complete("k", id, part(1, first), part(2, second));
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(HexFormat.of().parseHex(first));
        md5.update(HexFormat.of().parseHex(second));
        String etag = HexFormat.of().withUpperCase().formatHex(md5.digest()) + "-2";
        CRC64 crc64 = new CRC64(bytes, bytes.length);
        assertThat(text(done)).contains("<ETag>\"" + etag + "\"</ETag>");
        assertThat(done.headers().firstValue("x-oss-hash-crc64ecma")).hasValue(Long.toUnsignedString(crc64.getValue()));
        HttpResponse<byte[]> got = send("GET", "k", "");
        assertThat(got.headers().firstValue("etag")).hasValue('"' + etag + '"');
        assertThat(got.headers().firstValue("x-oss-hash-crc64ecma")).hasValue(Long.toUnsignedString(crc64.getValue()));
        assertThat(got.headers().firstValue("x-oss-object-type")).hasValue("Multipart");
        assertThat(got.body()).isEqualTo(bytes);
    }

    @Test
    void completingRefusesWhatDoesNotFit() throws IOException, InterruptedException {
        String id = initiate("k");
        String small = upload("k", id, 1, new byte[PART - 1]);
        String big = upload("k", id, 2, new byte[PART]);
        assertError(complete("k", id, part(1, small), part(2, big)), 400, "EntityTooSmall");
        assertError(complete("k", id, part(2, big), part(1, small)), 400, "InvalidPartOrder");
        assertError(complete("k", id, part(2, big), part(3, big)), 400, "InvalidPart");
        assertError(complete("k", id, part(2, small)), 400, "InvalidPart");
        assertError(complete("k", id), 400, "MalformedXML");
        assertError(send("POST", "k?uploadId=" + id, "<Complete"), 400, "MalformedXML");
        assertError(complete("k", "none", part(2, big)), 404, "NoSuchUpload");
        assertError(complete("other", id, part(2, big)), 404, "NoSuchUpload");
        assertThat(complete("k", id, part(2, big), part(2, big)).statusCode()).isEqualTo(400);
        assertThat(complete("k", id, part(2, big)).statusCode()).isEqualTo(200);
        assertThat(send("GET", "k", "").body()).hasSize(PART);
        assertError(complete("k", id, part(2, big)), 404, "NoSuchUpload");
    }

    @Test
    void completesWithAllParts() throws IOException, InterruptedException {
        String id = initiate("k");
        upload("k", id, 9, new byte[3]);
        upload("k", id, 2, new byte[PART]);
        upload("k", id, 9, new byte[4]);
        assertThat(send("POST", "k?uploadId=" + id, "", "x-oss-complete-all", "yes")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("GET", "k", "").body()).hasSize(PART + 4);
    }

    @Test
    void forbidsOverwritingAtTheEnd() throws IOException, InterruptedException {
        String id = initiate("k");
        String etag = upload("k", id, 1, new byte[3]);
        emulator.bucket().put("k", new byte[1]);
        String body = "<CompleteMultipartUpload>" + part(1, etag) + "</CompleteMultipartUpload>";
        assertError(send("POST", "k?uploadId=" + id, body, "x-oss-forbid-overwrite", "true"), 409, "FileAlreadyExists");
        assertThat(send("GET", "k", "").body()).hasSize(1);
    }

    @Test
    void partsHaveNumbersAndDigests() throws IOException, InterruptedException {
        String id = initiate("k");
        for (String number : new String[] {"0", "10001", "x", ""}) {
            assertError(send("PUT", "k?partNumber=" + number + "&uploadId=" + id, "x"), 400, "InvalidArgument");
        }
        assertError(
                send("PUT", "k?partNumber=1&uploadId=" + id, "x", "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="),
                400,
                "InvalidDigest");
        assertThat(text(send("GET", "k?uploadId=" + id, ""))).doesNotContain("<Part>");
    }

    @Test
    void listsPageByPage() throws IOException, InterruptedException {
        String id = initiate("a/1");
        initiate("a/2");
        initiate("b");
        for (int number = 1; number <= 5; number++) {
            upload("a/1", id, number, new byte[number]);
        }
        String page = text(send("GET", "a/1?max-parts=2&part-number-marker=2&uploadId=" + id, ""));
        assertThat(page)
                .contains("<PartNumber>3</PartNumber>", "<PartNumber>4</PartNumber>", "<IsTruncated>true</IsTruncated>")
                .contains("<NextPartNumberMarker>4</NextPartNumberMarker>")
                .doesNotContain("<PartNumber>5<");
        String uploads = text(send("GET", "?uploads&max-uploads=2", ""));
        assertThat(uploads)
                .contains("<Key>a/1</Key>", "<NextKeyMarker>a/2</NextKeyMarker>", "<IsTruncated>true</IsTruncated>")
                .doesNotContain("<Key>b</Key>");
        String rest = text(send("GET", "?uploads&key-marker=a/2", ""));
        assertThat(rest).contains("<Key>b</Key>", "<IsTruncated>false").doesNotContain("<Key>a");
        String grouped = text(send("GET", "?uploads&delimiter=/", ""));
        assertThat(grouped)
                .contains("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>", "<Key>b</Key>")
                .doesNotContain("<Key>a");
    }

    @Test
    void aPartOfASyntheticObjectTakesNoMemory() throws IOException, InterruptedException {
        emulator.bucket().putSynthetic("huge", 6L << 40);
        String id = initiate("k");
        HttpResponse<byte[]> copied = send(
                "PUT",
                "k?partNumber=1&uploadId=" + id,
                "",
                "x-oss-copy-source",
                "/" + emulator.bucket().name() + "/huge",
                "x-oss-copy-source-range",
                "bytes=" + (5L << 40) + "-" + ((5L << 40) + 20_000_000 - 1));
        Matcher etag = Pattern.compile("<ETag>\"([0-9A-F]{32})\"").matcher(text(copied));
        assertThat(etag.find()).isTrue();
        assertThat(complete("k", id, part(1, etag.group(1))).statusCode()).isEqualTo(200);
        byte[] body = send("GET", "k", "").body();
        assertThat(body).hasSize(20_000_000);
        assertThat(SyntheticBytes.check("huge", 1, 5L << 40, body)).isEmpty();
    }

    private String initiate(String key) throws IOException, InterruptedException {
        Matcher id = Pattern.compile("<UploadId>(\\w+)</UploadId>").matcher(text(send("POST", key + "?uploads", "")));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private String upload(String key, String id, int number, byte[] bytes) throws IOException, InterruptedException {
        return send("PUT", key + "?partNumber=" + number + "&uploadId=" + id, bytes)
                .headers()
                .firstValue("etag")
                .orElseThrow()
                .replace("\"", "");
    }

    private static String part(int number, String etag) {
        return "<Part><PartNumber>" + number + "</PartNumber><ETag>\"" + etag + "\"</ETag></Part>";
    }

    private HttpResponse<byte[]> complete(String key, String id, String... parts)
            throws IOException, InterruptedException {
        String body = "<CompleteMultipartUpload>" + String.join("", parts) + "</CompleteMultipartUpload>";
        return send("POST", key + "?uploadId=" + id, body);
    }
}
