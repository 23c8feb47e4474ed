package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConditionsTest {

    private static final Instant PUT_AT = Instant.parse("2026-03-01T12:00:00.750Z");

    private OssEmulator emulator;
    private String etag;

    @BeforeEach
    void start() throws IOException {
        EmulatorOptions options = EmulatorOptions.defaults().withoutSignatures();
        emulator = new OssEmulator(options.withClock(InstantSource.fixed(PUT_AT)));
        etag = '"' + emulator.bucket().putSynthetic("k", 100).etag() + '"';
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void ifMatch() throws IOException, InterruptedException {
        assertStatus(200, "If-Match", etag);
        assertStatus(200, "If-Match", etag.replace("\"", ""));
        assertStatus(200, "If-Match", "\"x\", " + etag);
        assertStatus(200, "If-Match", "*");
        HttpResponse<byte[]> failed = assertStatus(412, "If-Match", "\"x\"");
        assertThat(failed.body()).asString().contains("<Code>PreconditionFailed</Code>", "<Condition>If-Match<");
        assertThat(failed.headers().firstValue("x-oss-request-id")).isPresent();
    }

    @Test
    void anOverwriteFailsTheOldVersionsIfMatch() throws IOException, InterruptedException {
        String newEtag = '"' + emulator.bucket().nextVersion("k").etag() + '"';
        assertThat(newEtag).isNotEqualTo(etag);
        assertStatus(412, "If-Match", etag, "Range", "bytes=0-9");
        assertThat(SyntheticBytes.check(
                        "k", 2, 0, assertStatus(200, "If-Match", newEtag).body()))
                .isEmpty();
    }

    @Test
    void ifNoneMatch() throws IOException, InterruptedException {
        HttpResponse<byte[]> notModified = assertStatus(304, "If-None-Match", etag);
        assertThat(notModified.body()).isEmpty();
        assertThat(notModified.headers().firstValue("etag")).hasValue(etag);
        assertStatus(200, "If-None-Match", "\"x\"");
        // The connection is still good after a reply without a body.
        assertStatus(200);
    }

    @Test
    void dates() throws IOException, InterruptedException {
        String modified = date(Duration.ZERO);
        assertThat(assertStatus(200).headers().firstValue("last-modified")).hasValue(modified);
        assertStatus(304, "If-Modified-Since", modified);
        assertStatus(200, "If-Modified-Since", date(Duration.ofSeconds(-1)));
        assertStatus(200, "If-Unmodified-Since", modified);
        assertStatus(412, "If-Unmodified-Since", date(Duration.ofSeconds(-1)));
        assertStatus(200, "If-Unmodified-Since", "yesterday");
    }

    @Test
    void missingThings() throws IOException, InterruptedException {
        assertThat(TestClients.get(emulator, "none").body()).asString().contains("<Code>NoSuchKey</Code>");
        HttpResponse<byte[]> head = TestClients.send(emulator, "HEAD", "none");
        assertThat(head.statusCode()).isEqualTo(404);
        assertThat(head.headers().firstValue("x-oss-err")).isPresent();
        assertThat(TestClients.sendRaw(emulator, "GET", "/nobucket/x").body())
                .asString()
                .contains("<Code>NoSuchBucket</Code>");
        assertThat(TestClients.get(emulator, "k?symlink").statusCode()).isEqualTo(501);
        assertThat(TestClients.send(emulator, "POST", "k").statusCode()).isEqualTo(501);
    }

    private HttpResponse<byte[]> assertStatus(int status, String... headers) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = TestClients.get(emulator, "k", headers);
        assertThat(reply.statusCode()).isEqualTo(status);
        return reply;
    }

    private static String date(Duration fromPut) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .format(PUT_AT.plus(fromPut).atOffset(ZoneOffset.UTC));
    }
}
