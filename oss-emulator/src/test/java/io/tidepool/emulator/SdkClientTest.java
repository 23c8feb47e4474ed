package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.ListObjectsRequest;
import com.aliyun.oss.model.ListObjectsV2Request;
import com.aliyun.oss.model.ListObjectsV2Result;
import com.aliyun.oss.model.OSSObjectSummary;
import com.aliyun.oss.model.ObjectListing;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.ResponseHeaderOverrides;
import com.aliyun.oss.model.SimplifiedObjectMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The SDK that the agent uses, with both signature versions: what the contract of all clients does not ask. */
@Timeout(30)
class SdkClientTest {

    private static final String BUCKET = EmulatorOptions.DEFAULT_BUCKET;

    /** Everything that encoding could break: blanks, plus, percent, quotes, non-Latin, outside the BMP. */
    private static final String ODD_KEY = "dir a+b/50%/it's \"ünïcode\" 模型 😀~*().bin";

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults());
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void overridesHeadersOfReplies(SignVersion version) throws IOException, InterruptedException {
        OSS client = TestClients.sdk(emulator, version);
        emulator.bucket().putSynthetic(ODD_KEY, 10);
        ResponseHeaderOverrides overrides = new ResponseHeaderOverrides();
        overrides.setContentType("text/plain; charset=utf-8");
        overrides.setContentDisposition("attachment; filename=\"a b\"");
        overrides.setCacheControl("no-cache");
        GetObjectRequest request = new GetObjectRequest(BUCKET, ODD_KEY);
        request.setResponseHeaders(overrides);
        ObjectMetadata metadata = client.getObject(request).getObjectMetadata();
        assertThat(metadata.getContentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(metadata.getContentDisposition()).isEqualTo("attachment; filename=\"a b\"");
        assertThat(metadata.getCacheControl()).isEqualTo("no-cache");
        client.shutdown();
        try (OssEmulator open = new OssEmulator(EmulatorOptions.defaults().withoutSignatures())) {
            open.bucket().putSynthetic("k", 10);
            var anonymous = TestClients.get(open, "k?response-content-type=text/plain");
            assertThat(anonymous.statusCode()).isEqualTo(400);
            assertThat(new String(anonymous.body(), StandardCharsets.UTF_8)).contains("<Code>InvalidRequest</Code>");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void headsAndMetas(SignVersion version) {
        OSS client = TestClients.sdk(emulator, version);
        emulator.bucket().putSynthetic("a/b", 3_000_000);
        String etag = emulator.bucket().find("a/b").orElseThrow().etag();

        ObjectMetadata head = client.headObject(BUCKET, "a/b");
        assertThat(head.getContentLength()).isEqualTo(3_000_000);
        assertThat(head.getETag()).isEqualTo(etag);
        assertThat(head.getServerCRC()).isNotNull();
        SimplifiedObjectMeta meta = client.getSimplifiedObjectMeta(BUCKET, "a/b");
        assertThat(meta.getSize()).isEqualTo(3_000_000);
        assertThat(meta.getETag()).isEqualTo(etag);
        assertThat(client.doesObjectExist(BUCKET, "a/b")).isTrue();
        assertThat(client.doesObjectExist(BUCKET, "a/c")).isFalse();
        assertThatThrownBy(() -> client.headObject(BUCKET, "none")).isInstanceOf(OSSException.class);
        assertThat(emulator.count("a/b").requests("META")).isGreaterThanOrEqualTo(2);
        client.shutdown();
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void listsBothWays(SignVersion version) {
        OSS client = TestClients.sdk(emulator, version);
        emulator.bucket().put(ODD_KEY, "x".getBytes(StandardCharsets.UTF_8));
        emulator.bucket().put("dir a+b/z", new byte[0]);
        emulator.bucket().put("plain ", new byte[2]);

        // The SDK asks for encoding-type=url and decodes by itself, unless told the type.
        ObjectListing v1 = client.listObjects(new ListObjectsRequest(BUCKET).withPrefix("dir a+b/"));
        assertThat(v1.getObjectSummaries().stream().map(OSSObjectSummary::getKey))
                .containsExactly(ODD_KEY, "dir a+b/z");
        ListObjectsV2Request request = new ListObjectsV2Request(BUCKET);
        request.setDelimiter("/");
        ListObjectsV2Result v2 = client.listObjectsV2(request);
        assertThat(v2.getCommonPrefixes()).isEqualTo(List.of("dir a+b/"));
        assertThat(v2.getObjectSummaries().getFirst().getKey()).isEqualTo("plain ");
        assertThat(v2.getObjectSummaries().getFirst().getSize()).isEqualTo(2);
        assertThat(v2.getKeyCount()).isEqualTo(2);

        // A marker that ends in a blank: the SDK signs it trimmed, yet sends it whole.
        ListObjectsV2Request rest = new ListObjectsV2Request(BUCKET);
        rest.setStartAfter("plain ");
        assertThat(client.listObjectsV2(rest).getObjectSummaries()).isEmpty();
        client.shutdown();
    }
}
