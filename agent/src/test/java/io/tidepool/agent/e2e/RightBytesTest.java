package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.store.SyntheticObject;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files, random reads and mapped pages of files of odd sizes equal the origin's bytes. */
final class RightBytesTest extends EndToEndTest {
    private static final long HUGE = 3L << 30;
    private static final Duration READER = Duration.ofMinutes(3);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1})
    void aShardOfOddSizeIsTheOrigins(long size) throws Exception {
        String key = "odd/shard-" + size + ".safetensors";
        SyntheticObject object = emulator.bucket().putSynthetic(key, size);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + key);
        assertThat(Posix.stat(file).size()).isEqualTo(size);
        assertThat(sha256(file)).isEqualTo(sha256(object));
        if (size > 0) {
            Child random = ended(Child.reader("random", file, key, 1, 2_000, 1));
            assertThat(random.result(READER)).startsWith("ok ");
        }
        Child mapped = ended(Child.reader("mmap", file, key, 1));
        assertThat(mapped.result(READER)).isEqualTo("ok " + size);
        ByteBuffer overGrpc = ByteBuffer.allocate((int) size + 10);
        agent.client().read("/m/" + key, 0, overGrpc);
        assertThat(object.check(0, overGrpc.flip())).isEmpty();
        assertThat(overGrpc.limit()).isEqualTo(size);
        assertThat(emulator.count(key).bytesSent()).isEqualTo(size);
    }

    @Test
    void threeGibibytesAreTheOrigins() throws Exception {
        String key = "huge/model.safetensors";
        SyntheticObject object = emulator.bucket().putSynthetic(key, HUGE);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + key);
        // Cold, in any order, and at the same time mapped from the beginning on.
        Child random = ended(Child.reader("random", file, key, 1, 10_000, 42));
        Child mapped = ended(Child.reader("mmap", file, key, 1));
        assertThat(random.result(READER)).startsWith("ok ");
        assertThat(mapped.result(READER)).isEqualTo("ok " + HUGE);
        assertThat(sha256(file)).isEqualTo(sha256(object));
        assertThat(emulator.count(key).bytesSent()).isEqualTo(HUGE);
    }

    /** As another program sees the file. */
    private String sha256(Path file) throws Exception {
        return ended(Child.program("sha256sum", file)).succeeds(READER).substring(0, 64);
    }

    private static String sha256(SyntheticObject object) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(MIB);
        for (long at = 0; at < object.size(); at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(MIB, object.size() - at));
            object.fill(at, buffer);
            digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
