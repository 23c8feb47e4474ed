package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Refusals: their kind, and a line that says what to do and no secret. */
@Timeout(120)
class OssAccessTest {
    private static final String SECRET = EmulatorOptions.DEFAULT_KEY.secret();

    @Test
    void aWrongSecretIsDeniedWithAdvice() throws Exception {
        try (OssFixture fixture = new OssFixture();
                OssOrigin origin = new OssOrigin(
                        "bucket",
                        fixture.options(OssCredentials.fixed(EmulatorOptions.DEFAULT_KEY.id(), "wrong", null)))) {
            ObjectVersion version = fixture.put("dir/m", 1000);

            ChunkException read = failure(() -> origin.read(version.chunk(0), landing(version)));
            assertThat(read.kind()).isEqualTo(Kind.ACCESS_DENIED);
            assertThat(read)
                    .hasMessageContaining("bucket:dir/m")
                    .hasMessageContaining("403 SignatureDoesNotMatch, request id ")
                    .hasMessageContaining("check the access key's secret");
            assertThat(failure(() -> origin.head("dir/m")).kind()).isEqualTo(Kind.ACCESS_DENIED);
            assertThat(failure(() -> origin.list("", true, null, 10)).kind()).isEqualTo(Kind.ACCESS_DENIED);
        }
    }

    @Test
    void anUnknownKeyIdIsDeniedWithAdvice() throws Exception {
        try (OssFixture fixture = new OssFixture();
                OssOrigin origin =
                        new OssOrigin("bucket", fixture.options(OssCredentials.fixed("nobody", SECRET, null)))) {
            assertThat(failure(() -> origin.head("m")))
                    .hasMessageContaining("InvalidAccessKeyId")
                    .hasMessageContaining("check the access key id")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void aSkewedClockIsDeniedWithAdvice() throws Exception {
        try (OssFixture fixture = new OssFixture()) {
            ObjectVersion version = fixture.put("m", 1000);
            EmulatorOptions later =
                    EmulatorOptions.defaults().withClock(() -> Instant.now().plus(Duration.ofMinutes(20)));
            try (OssEmulator skewed = new OssEmulator(later);
                    OssOrigin origin = new OssOrigin(
                            "bucket",
                            OssOptions.of(skewed.endpoint().toString(), later.region(), "models", OssFixture.key()))) {
                skewed.bucket().putSynthetic("m", 1000);
                ChunkException denied = failure(() -> origin.read(version.chunk(0), landing(version)));
                assertThat(denied.kind()).isEqualTo(Kind.ACCESS_DENIED);
                assertThat(denied)
                        .hasMessageContaining("RequestTimeTooSkewed")
                        .hasMessageContaining("check this host's clock");
            }
        }
    }

    @Test
    void aMissingBucketIsAMistakeAndNotAnEmptyOne() throws Exception {
        try (OssFixture fixture = new OssFixture();
                OssOrigin origin = new OssOrigin(
                        "bucket",
                        OssOptions.of(
                                fixture.emulator.endpoint().toString(),
                                EmulatorOptions.DEFAULT_REGION,
                                "nothing",
                                OssFixture.key()))) {
            assertThat(failure(() -> origin.list("", true, null, 10)).kind()).isEqualTo(Kind.INVALID);
            ChunkException head = failure(() -> origin.head("m"));
            assertThat(head.kind()).isEqualTo(Kind.INVALID);
            assertThat(head).hasMessageContaining("NoSuchBucket").hasMessageContaining("check the configured bucket");
        }
    }

    @Test
    void anotherRegionIsAMistakeThatNamesTheConfiguredOne() throws Exception {
        try (OssFixture fixture = new OssFixture();
                OssOrigin origin = new OssOrigin(
                        "bucket",
                        OssOptions.of(
                                fixture.emulator.endpoint().toString(), "cn-nowhere", "models", OssFixture.key()))) {
            assertThat(failure(() -> origin.list("", true, null, 10)))
                    .hasMessageContaining("400 InvalidArgument")
                    .hasMessageContaining("check the configured region 'cn-nowhere'");
        }
    }

    @Test
    void httpsToAPlainEndpointIsToldToWriteHttp() throws Exception {
        try (OssFixture fixture = new OssFixture();
                OssOrigin origin = new OssOrigin(
                        "bucket",
                        OssOptions.of(
                                "https://127.0.0.1:"
                                        + fixture.emulator.endpoint().getPort(),
                                EmulatorOptions.DEFAULT_REGION,
                                "models",
                                OssFixture.key()))) {
            assertThat(failure(() -> origin.list("", true, null, 10)))
                    .hasMessageContaining("speaks plain HTTP: write http://");
        }
    }

    @Test
    void anOriginThatIsAwayIsUnavailableWithAdvice() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        OssOptions options = OssOptions.of("http://127.0.0.1:" + port, "r", "bucket", OssFixture.key());
        try (OssOrigin origin = new OssOrigin("bucket", options)) {
            ChunkException away = failure(() -> origin.head("new\nline"));
            assertThat(away.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(Outage.is(away)).isTrue();
            assertThat(away)
                    .hasMessageContaining("check network, DNS and endpoint")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aKeyThatIsRotatedInItsFileIsUsedFromTheNextRequestOn(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("oss");
        try (OssFixture fixture = new OssFixture()) {
            fixture.put("m", 1);
            Files.writeString(file, "OSS_ACCESS_KEY_ID=emulator\nOSS_ACCESS_KEY_SECRET=old\n");
            OssCredentials credentials = OssCredentials.file(file);
            try (OssOrigin origin = new OssOrigin("bucket", fixture.options(credentials))) {
                assertThat(failure(() -> origin.head("m")).kind()).isEqualTo(Kind.ACCESS_DENIED);
                Files.writeString(file, "OSS_ACCESS_KEY_ID=emulator\nOSS_ACCESS_KEY_SECRET=" + SECRET + "\n");
                assertThat(origin.head("m")).isNotNull();
                Files.writeString(file, "nonsense");
                assertThat(origin.head("m")).as("with the last good key").isNotNull();
            }
            assertThat(credentials.toString()).contains(file.toString()).doesNotContain(SECRET);
        }
    }

    @Test
    void keysComeFromTheEnvironmentUnderEitherName() throws Exception {
        try (OssFixture fixture = new OssFixture()) {
            fixture.put("m", 1);
            for (Map<String, String> environment : List.of(
                    Map.of("OSS_ACCESS_KEY_ID", "emulator", "OSS_ACCESS_KEY_SECRET", SECRET),
                    Map.of(
                            "ALIBABA_CLOUD_ACCESS_KEY_ID",
                            "emulator",
                            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                            " " + SECRET + "\n"))) {
                OssCredentials credentials = OssCredentials.environment(environment);
                try (OssOrigin origin = new OssOrigin("bucket", fixture.options(credentials))) {
                    assertThat(origin.head("m")).isNotNull();
                }
                assertThat(credentials.toString()).doesNotContain(SECRET);
            }
        }
    }

    @Test
    void mistakesInCredentialsAreOneLine(@TempDir Path dir) throws Exception {
        assertThatThrownBy(() -> OssCredentials.environment(Map.of("OSS_ACCESS_KEY_ID", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OSS_ACCESS_KEY_SECRET");
        assertThatThrownBy(() -> OssCredentials.file(dir.resolve("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing");
        Path half = Files.writeString(dir.resolve("half"), "OSS_ACCESS_KEY_SECRET=hush\n");
        assertThatThrownBy(() -> OssCredentials.file(half))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OSS_ACCESS_KEY_ID")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> OssCredentials.rrsa(null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ALIBABA_CLOUD_ROLE_ARN");
    }

    @Test
    void mistakesInOptionsAreOneLine() {
        OssCredentials key = OssFixture.key();
        assertThatThrownBy(() -> OssOptions.of("https://oss.example", "", "b", key))
                .hasMessageContaining("region");
        assertThatThrownBy(() -> OssOptions.of("ftp://x", "r", "b", key)).hasMessageContaining("ftp://x");
        assertThatThrownBy(() -> OssOptions.of("http://127.0.0.1:1", "r", "b", key)
                        .withAddressing(OssOptions.Addressing.VIRTUAL_HOST))
                .hasMessageContaining("addressing");
        assertThat(OssOptions.of("oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou", "b", key))
                .returns("https://oss-cn-hangzhou.aliyuncs.com", OssOptions::endpoint)
                .returns(OssOptions.Addressing.VIRTUAL_HOST, OssOptions::addressing);
        assertThat(OssOptions.of("http://127.0.0.1:1", "r", "b", key).toString())
                .doesNotContain(SECRET);
    }

    private interface Failing {
        void run() throws Exception;
    }

    private static ChunkException failure(Failing call) {
        ChunkException e = catchThrowableOfType(ChunkException.class, call::run);
        assertThat(e).as("a failure").isNotNull();
        return e;
    }

    private static Landing landing(ObjectVersion version) {
        ChunkId id = version.chunk(0);
        return new Landing(Buffers.of(id));
    }
}
