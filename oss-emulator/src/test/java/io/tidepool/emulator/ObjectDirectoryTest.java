package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.OSSObject;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects that are files: what lies there is served, what is put lies there. */
@Timeout(60)
class ObjectDirectoryTest {

    private static final String BUCKET = EmulatorOptions.DEFAULT_BUCKET;
    private static final int SIZE = 9_000_001;

    @TempDir
    private Path directory;

    private OssEmulator emulator;
    private OSS client;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withDirectory(directory));
        client = TestClients.sdk(emulator, SignVersion.V4);
    }

    @AfterEach
    void stop() {
        client.shutdown();
        emulator.close();
    }

    /** Sendfile with a position has sent wrong bytes before (netty#2764). */
    @Test
    void filesAreServedFromAnyOffset() throws IOException {
        Path file = Files.createDirectories(directory.resolve(BUCKET).resolve("sub"))
                .resolve("big.bin");
        Files.write(file, SyntheticBytes.range("big", 1, 0, SIZE));
        Random random = new Random(2);
        for (int i = 0; i < 20; i++) {
            int from = random.nextInt(SIZE);
            int to = from + random.nextInt(SIZE - from);
            OSSObject part = client.getObject(new GetObjectRequest(BUCKET, "sub/big.bin").withRange(from, to));
            byte[] bytes = TestClients.read(part.getObjectContent());
            assertThat(bytes).hasSize(to - from + 1);
            assertThat(SyntheticBytes.check("big", 1, from, bytes)).isEmpty();
        }
        // The SDK checks the CRC64 of a whole object.
        OSSObject whole = client.getObject(BUCKET, "sub/big.bin");
        assertThat(TestClients.read(whole.getObjectContent())).hasSize(SIZE);
        assertThat(whole.getObjectMetadata().getServerCRC()).isNotNull();
        assertThat(whole.getObjectMetadata().getETag()).matches("[0-9A-F]{32}-1");
    }

    @Test
    void anEtagIsTheMd5OfASmallFileAndFollowsIt() throws IOException {
        Path file = directory.resolve(BUCKET).resolve("small");
        Files.writeString(file, "hello");
        assertThat(client.headObject(BUCKET, "small").getETag()).isEqualTo("5D41402ABC4B2A76B9719D911017C592");
        Files.writeString(file, "hello!");
        assertThat(client.headObject(BUCKET, "small").getETag()).isNotEqualTo("5D41402ABC4B2A76B9719D911017C592");
    }

    @Test
    void putsAndDeletesAreFiles() throws IOException {
        byte[] bytes = SyntheticBytes.range("p", 1, 0, 300_000);
        client.putObject(BUCKET, "x/y/put.bin", new ByteArrayInputStream(bytes));
        Path file = directory.resolve(BUCKET).resolve("x/y/put.bin");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        client.putObject(BUCKET, "x/y/put.bin", new ByteArrayInputStream(new byte[5]));
        assertThat(Files.size(file)).isEqualTo(5);
        client.deleteObject(BUCKET, "x/y/put.bin");
        assertThat(file).doesNotExist();
        assertThat(directory.resolve(".uploads")).isEmptyDirectory();
    }

    @Test
    void aKeyNeverLeavesTheDirectory() throws IOException {
        Files.writeString(directory.resolve("secret"), "secret");
        for (String key : new String[] {"../secret", "a/../../secret", "a//b", "./a"}) {
            assertThatThrownBy(() -> client.getObject(BUCKET, key))
                    .as(key)
                    .isInstanceOfSatisfying(
                            OSSException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchKey"));
            assertThatThrownBy(() -> client.putObject(BUCKET, key, new ByteArrayInputStream(new byte[1])))
                    .as(key)
                    .isInstanceOfSatisfying(
                            OSSException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("InvalidObjectName"));
        }
    }

    @Test
    void aRefusedPutLeavesNothing() throws IOException {
        OSS wrong = TestClients.sdk(emulator, SignVersion.V4, new AccessKey("emulator", "wrong"));
        assertThatThrownBy(() -> wrong.putObject(BUCKET, "k", new ByteArrayInputStream(new byte[100_000])))
                .isInstanceOf(OSSException.class);
        assertThat(directory.resolve(BUCKET)).isEmptyDirectory();
        assertThat(directory.resolve(".uploads")).isEmptyDirectory();
    }

    @Test
    void faultsChangeFileBytesToo() throws IOException {
        Files.write(directory.resolve(BUCKET).resolve("f"), SyntheticBytes.range("f", 1, 0, 100_000));
        var flipped =
                emulator.faults().add(FaultRule.on("f", Fault.flippedByte(50)).times(1));
        byte[] bytes = TestClients.read(client.getObject(new GetObjectRequest(BUCKET, "f").withRange(1000, 99_999))
                .getObjectContent());
        assertThat(flipped.fired()).isEqualTo(1);
        assertThat(SyntheticBytes.check("f", 1, 1000, bytes))
                .hasValueSatisfying(text -> assertThat(text).contains("from offset 1050"));
    }

    @Test
    void filesAreChunkedTooIfNeedBe() throws IOException {
        Files.write(directory.resolve(BUCKET).resolve("f"), SyntheticBytes.range("f", 1, 0, 400_000));
        var chunked = emulator.faults().add(FaultRule.on("f", Fault.chunked()).times(1));
        OSSObject whole = client.getObject(BUCKET, "f");
        byte[] bytes = TestClients.read(whole.getObjectContent());
        assertThat(chunked.fired()).isEqualTo(1);
        assertThat(whole.getObjectMetadata().getRawMetadata()).doesNotContainKey("Content-Length");
        assertThat(bytes).hasSize(400_000);
        assertThat(SyntheticBytes.check("f", 1, 0, bytes)).isEmpty();
    }
}
