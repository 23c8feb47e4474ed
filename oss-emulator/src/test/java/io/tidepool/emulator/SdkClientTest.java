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
import com.aliyun.oss.model.OSSObject;
import com.aliyun.oss.model.OSSObjectSummary;
import com.aliyun.oss.model.ObjectListing;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.PutObjectResult;
import com.aliyun.oss.model.SimplifiedObjectMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real SDK, with both signature versions, against every call the emulator serves. */
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
    void putsGetsAndDeletes(SignVersion version) throws IOException {
        OSS client = TestClients.sdk(emulator, version);
        byte[] bytes = SyntheticBytes.range("put", 1, 0, 100_000);
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentType("model/x");
        metadata.addUserMetadata("origin", "test");
        PutObjectResult put = client.putObject(BUCKET, ODD_KEY, new ByteArrayInputStream(bytes), metadata);
        assertThat(put.getETag()).matches("[0-9A-F]{32}");
        assertThat(put.getRequestId()).matches("[0-9A-F]{24}");

        // The SDK compares the CRC64 it computed with the header, for the put above and the get here.
        OSSObject got = client.getObject(BUCKET, ODD_KEY);
        assertThat(TestClients.read(got.getObjectContent())).isEqualTo(bytes);
        assertThat(got.getObjectMetadata().getETag()).isEqualTo(put.getETag());
        assertThat(got.getObjectMetadata().getContentType()).isEqualTo("model/x");
        assertThat(got.getObjectMetadata().getUserMetadata()).containsEntry("origin", "test");
        assertThat(got.getObjectMetadata().getServerCRC()).isNotNull();

        client.deleteObject(BUCKET, ODD_KEY);
        assertThatThrownBy(() -> client.getObject(BUCKET, ODD_KEY)).isInstanceOfSatisfying(OSSException.class, e -> {
            assertThat(e.getErrorCode()).isEqualTo("NoSuchKey");
            assertThat(e.getRequestId()).isNotBlank();
            assertThat(e.getHostId()).isNotBlank();
        });
        client.shutdown();
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void readsRangesOfSyntheticObjects(SignVersion version) throws IOException {
        OSS client = TestClients.sdk(emulator, version);
        emulator.bucket().putSynthetic(ODD_KEY, 5L << 30);
        GetObjectRequest request = new GetObjectRequest(BUCKET, ODD_KEY).withRange((4L << 30) + 3, (4L << 30) + 1002);
        request.addHeader("x-oss-range-behavior", "standard");
        OSSObject got = client.getObject(request);
        assertThat(got.getObjectMetadata().getContentLength()).isEqualTo(1000);
        byte[] bytes = TestClients.read(got.getObjectContent());
        assertThat(SyntheticBytes.check(ODD_KEY, 1, (4L << 30) + 3, bytes)).isEmpty();
        client.shutdown();
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
