package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.HttpMethod;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.GeneratePresignedUrlRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Date;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures are really checked: the right one passes, each kind of wrong one gets its own code. */
@Timeout(30)
class SignatureTest {

    private static final String BUCKET = EmulatorOptions.DEFAULT_BUCKET;

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void wrongSecretAndUnknownKeyAreToldApart(SignVersion version) throws IOException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults())) {
            AccessKey wrongSecret = new AccessKey(EmulatorOptions.DEFAULT_KEY.id(), "wrong");
            OSS client = TestClients.sdk(emulator, version, wrongSecret);
            assertRefused(() -> client.getObject(BUCKET, "k"), "SignatureDoesNotMatch");
            OSS stranger = TestClients.sdk(emulator, version, new AccessKey("stranger", "secret"));
            assertRefused(() -> stranger.getObject(BUCKET, "k"), "InvalidAccessKeyId");
            assertThat(emulator.count("k").bytesSent()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void clocksMayDifferByAQuarterOfAnHour(SignVersion version) throws IOException {
        for (int seconds : new int[] {-14 * 60, 14 * 60}) {
            try (OssEmulator emulator = emulator(skewed(seconds))) {
                OSS client = TestClients.sdk(emulator, version);
                assertThat(client.getObject(BUCKET, "k").getObjectMetadata().getContentLength())
                        .isEqualTo(10);
            }
        }
        for (int seconds : new int[] {-16 * 60, 16 * 60}) {
            try (OssEmulator emulator = emulator(skewed(seconds))) {
                OSS client = TestClients.sdk(emulator, version);
                assertRefused(() -> client.getObject(BUCKET, "k"), "RequestTimeTooSkewed");
            }
        }
    }

    @Test
    void anUnsignedRequestIsDenied() throws IOException, InterruptedException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults())) {
            HttpResponse<byte[]> reply = TestClients.get(emulator, "k");
            assertThat(reply.statusCode()).isEqualTo(403);
            assertThat(reply.body()).asString().contains("<Code>AccessDenied</Code>", "<RequestId>", "<HostId>");
            assertThat(reply.headers().firstValue("x-oss-request-id")).isPresent();
            assertThat(reply.headers().firstValue("server"))
                    .hasValueSatisfying(server -> assertThat(server).contains("not OSS"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void stsKeysNeedTheirToken(SignVersion version) throws IOException {
        Instant soon = Instant.now().plusSeconds(60);
        AccessKey sts = new AccessKey("STS.key", "secret", "token-1", soon);
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults().withAccessKeys(sts))) {
            OSS client = TestClients.sdk(emulator, version, sts);
            assertThat(client.getObject(BUCKET, "k").getObjectMetadata().getContentLength())
                    .isEqualTo(10);
            OSS wrong = TestClients.sdk(emulator, version, new AccessKey("STS.key", "secret", "token-2", null));
            assertRefused(() -> wrong.getObject(BUCKET, "k"), "InvalidSecurityToken");
            OSS without = TestClients.sdk(emulator, version, new AccessKey("STS.key", "secret"));
            assertRefused(() -> without.getObject(BUCKET, "k"), "InvalidSecurityToken");
        }
        AccessKey expired =
                new AccessKey("STS.key", "secret", "token-1", Instant.now().minusSeconds(1));
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults().withAccessKeys(expired))) {
            OSS client = TestClients.sdk(emulator, version, expired);
            assertRefused(() -> client.getObject(BUCKET, "k"), "SecurityTokenExpired");
        }
    }

    @Test
    void v1CanBeRefused() throws IOException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults().withoutV1())) {
            OSS v1 = TestClients.sdk(emulator, SignVersion.V1);
            assertThatThrownBy(() -> v1.getObject(BUCKET, "k"))
                    .isInstanceOfSatisfying(
                            OSSException.class,
                            e -> assertThat(e.getErrorMessage()).contains("V1"));
            OSS v4 = TestClients.sdk(emulator, SignVersion.V4);
            assertThat(v4.getObject(BUCKET, "k").getObjectMetadata().getContentLength())
                    .isEqualTo(10);
        }
    }

    /** As ali-oss does: x-oss-date signed as a header, and in the place of Date. */
    @Test
    void v1MaySignItsOwnDateHeader() throws IOException, InterruptedException, GeneralSecurityException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults())) {
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
            for (String signed : new String[] {date, "another date"}) {
                String text = "GET\n\n\n" + signed + "\nx-oss-date:" + date + "\n/" + BUCKET + "/k";
                Mac mac = Mac.getInstance("HmacSHA1");
                mac.init(new SecretKeySpec(
                        EmulatorOptions.DEFAULT_KEY.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
                String signature =
                        Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
                String authorization = "OSS " + EmulatorOptions.DEFAULT_KEY.id() + ":" + signature;
                assertThat(TestClients.get(emulator, "k", "x-oss-date", date, "Authorization", authorization)
                                .statusCode())
                        .isEqualTo(signed.equals(date) ? 200 : 403);
            }
        }
    }

    @Test
    void v4IsBoundToTheRegion() throws IOException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults());
                OssEmulator elsewhere = emulator(EmulatorOptions.defaults().withRegion("cn-elsewhere"))) {
            String url = emulator.presignedUrl(BUCKET, "k");
            String moved = url.replace(
                    ":" + emulator.endpoint().getPort(),
                    ":" + elsewhere.endpoint().getPort());
            assertThat(status(url)).isEqualTo(200);
            assertThat(status(moved)).isEqualTo(400);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void presignedUrlsPassUntilTheyExpire(SignVersion version) throws IOException, InterruptedException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults());
                OssEmulator anHourLater = emulator(skewed(3600).withPort(0))) {
            OSS client = TestClients.sdk(emulator, version);
            GeneratePresignedUrlRequest request = new GeneratePresignedUrlRequest(BUCKET, "k", HttpMethod.GET);
            request.setExpiration(Date.from(Instant.now().plus(Duration.ofMinutes(30))));
            String url = client.generatePresignedUrl(request).toString();
            assertThat(status(url)).isEqualTo(200);
            assertThat(status(url.replace("/k?", "/other?"))).isEqualTo(403);
            String later = url.replace(
                    ":" + emulator.endpoint().getPort(),
                    ":" + anHourLater.endpoint().getPort());
            assertThat(status(later)).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SignVersion.class,
            names = {"V1", "V4"})
    void virtualHostsNameTheBucket(SignVersion version) throws IOException {
        try (OssEmulator emulator = emulator(EmulatorOptions.defaults())) {
            // Without SLD the SDK asks for the bucket as a host name; the proxy saves a resolver.
            ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
            configuration.setSignatureVersion(version);
            configuration.setProxyHost("127.0.0.1");
            configuration.setProxyPort(emulator.endpoint().getPort());
            configuration.setMaxErrorRetry(0);
            AccessKey key = EmulatorOptions.DEFAULT_KEY;
            OSS client = OSSClientBuilder.create()
                    .endpoint("http://oss-cn-emulator.example.com")
                    .region(emulator.options().region())
                    .credentialsProvider(new DefaultCredentialProvider(key.id(), key.secret()))
                    .clientConfiguration(configuration)
                    .build();
            assertThat(TestClients.read(client.getObject(BUCKET, "k").getObjectContent()))
                    .isEqualTo(SyntheticBytes.range("k", 1, 0, 10));
            assertThatThrownBy(() -> client.getObject("no-such-bucket", "k"))
                    .isInstanceOfSatisfying(
                            OSSException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchBucket"));
        }
    }

    private static OssEmulator emulator(EmulatorOptions options) throws IOException {
        OssEmulator emulator = new OssEmulator(options);
        emulator.bucket().putSynthetic("k", 10);
        return emulator;
    }

    private static EmulatorOptions skewed(int seconds) {
        return EmulatorOptions.defaults()
                .withClock(InstantSource.offset(InstantSource.system(), Duration.ofSeconds(seconds)));
    }

    private static int status(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void assertRefused(ThrowingCallable call, String code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(OSSException.class, e -> {
            assertThat(e.getErrorCode()).isEqualTo(code);
            assertThat(e.getRequestId()).isNotBlank();
        });
    }
}
