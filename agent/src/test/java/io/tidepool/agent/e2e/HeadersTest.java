package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SafetensorsModel;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.shape.Shape;
import io.tidepool.emulator.store.SyntheticSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading headers downloads the chunk they lie in and no more; reading tensors downloads what the policy says. */
final class HeadersTest extends EndToEndTest {
    private static final long SHARD = 40L * MIB;
    private static final Duration READER = Duration.ofSeconds(30);
    /** Long enough for a download that shouldn't be to begin. */
    private static final long QUIET_MS = 700;

    private final SafetensorsModel model = SafetensorsModel.of("model/", 3 * SHARD, 3);
    private final List<String> shards = model.shardKeys();

    @ParameterizedTest
    @ValueSource(strings = {"pread", "mmap", "grpc"})
    void aSafetensorsHeaderCostsItsChunk(String how) throws Exception {
        model.putInto(emulator.bucket());
        Agent agent = start(policy("model"));
        for (String shard : shards) {
            readHeader(agent, shard, headerBytes(shard), how);
        }
        Thread.sleep(QUIET_MS);
        for (String shard : shards) {
            assertThat(emulator.count(shard).bytesSent()).as(shard).isEqualTo(CHUNK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pread", "mmap", "grpc"})
    void aGgufHeaderCostsItsChunk(String how) throws Exception {
        String key = "llama-Q4_K_M.gguf";
        byte[] header = GgufHeader.bytes();
        emulator.bucket().putSynthetic(SyntheticSpec.of(key, SHARD).withPrefix(header));
        Agent agent = start(policy("model"));
        readHeader(agent, key, header.length, how);
        Thread.sleep(QUIET_MS);
        assertThat(emulator.count(key).bytesSent()).isEqualTo(CHUNK);

        int fd = Posix.open(agent.at("/m/" + key));
        readTensor(fd, key, 30L * MIB);
        Eventually.is("the whole file comes", () -> emulator.count(key).bytesSent() == SHARD);
        Posix.close(fd);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mount", "grpc"})
    void aReadPastTheHeaderBringsTheFileAndThenItsSiblings(String edge) throws Exception {
        model.putInto(emulator.bucket());
        Agent agent = start(policy("model"));
        String shard = shards.get(1);
        readHeader(agent, shard, headerBytes(shard), "pread");
        int fd = Posix.open(agent.at("/m/" + shard));
        if (edge.equals("mount")) {
            readTensor(fd, shard, 20L * MIB);
        } else {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            agent.client().read("/m/" + shard, 20L * MIB, bytes);
            assertThat(SyntheticBytes.check(shard, 1, 20L * MIB, bytes.flip())).isEmpty();
        }
        for (String each : shards) {
            Eventually.is(
                    each + " comes", () -> agent.client().stat("/m/" + each).getComplete());
        }
        Posix.close(fd);
        Thread.sleep(QUIET_MS);
        for (String each : shards) {
            assertThat(emulator.count(each).bytesSent()).as(each).isEqualTo(SHARD);
        }
    }

    @Test
    @Tag("long")
    void aModelThatNobodyHasOpenAnyMoreIsNotStreamedOn() throws Exception {
        model.putInto(emulator.bucket());
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(3L * MIB));
        Agent agent = start(policy("model").landing("64MiB"));
        int fd = Posix.open(agent.at("/m/" + shards.getFirst()));
        readTensor(fd, shards.getFirst(), 20L * MIB);
        Posix.close(fd);
        Eventually.within(
                Duration.ofSeconds(30),
                "the stream ends",
                () -> agent.metric("tidepool_streams_total", "abandoned") == 1);
        assertThat(emulator.counters().total().bytesSent()).isLessThan(3 * SHARD);
    }

    @Test
    void policyFileBringsTheFileAlone() throws Exception {
        model.putInto(emulator.bucket());
        Agent agent = start(policy("file"));
        String shard = shards.getFirst();
        int fd = Posix.open(agent.at("/m/" + shard));
        readTensor(fd, shard, 20L * MIB);
        Eventually.is("the file comes", () -> agent.client().stat("/m/" + shard).getComplete());
        Thread.sleep(QUIET_MS);
        Posix.close(fd);
        assertThat(emulator.count(shard).bytesSent()).isEqualTo(SHARD);
        assertThat(emulator.count(shards.get(1)).bytesSent()).isZero();
        assertThat(emulator.count(shards.get(2)).bytesSent()).isZero();
    }

    @Test
    void policyWindowBringsALittleAheadOfASequentialReader() throws Exception {
        String key = "big.safetensors";
        long size = 20L * CHUNK;
        emulator.bucket().putSynthetic(key, size);
        Agent agent = start(policy("window"));
        int fd = Posix.open(agent.at("/m/" + key));
        for (long at = 0; at < 3L * CHUNK; at += 64 << 10) {
            readTensor(fd, key, at, 64 << 10);
        }
        Thread.sleep(QUIET_MS);
        // The reader ended at a border: what the kernel asked for beyond it, and up to four chunks of a window.
        assertThat(emulator.count(key).bytesSent()).isBetween(4L * CHUNK, 8L * CHUNK);
        Posix.close(fd);
    }

    @Test
    void policyOffBringsWhatIsReadAlone() throws Exception {
        model.putInto(emulator.bucket());
        Agent agent = start(policy("off"));
        String shard = shards.getFirst();
        int fd = Posix.open(agent.at("/m/" + shard));
        readTensor(fd, shard, 2L * CHUNK + 1234);
        Thread.sleep(QUIET_MS);
        Posix.close(fd);
        assertThat(emulator.counters().total().bytesSent()).isEqualTo(CHUNK);
    }

    private AgentSetup policy(String policy) throws Exception {
        return new AgentSetup(directory).bucket(emulator).show("m", "oss", "", policy);
    }

    private long headerBytes(String shard) {
        return model.tensors().stream()
                .filter(tensor -> tensor.key().equals(shard))
                .mapToLong(SafetensorsModel.Tensor::offset)
                .min()
                .orElseThrow();
    }

    /** As a listing tool does it. */
    private void readHeader(Agent agent, String key, long bytes, String how) throws Exception {
        Path file = agent.at("/m/" + key);
        switch (how) {
            case "pread" -> {
                int fd = Posix.open(file);
                ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
                Posix.pread(fd, word, 0);
                assertThat(Posix.pread(fd, ByteBuffer.allocateDirect((int) bytes - 8), 8))
                        .isEqualTo((int) bytes - 8);
                Posix.close(fd);
            }
            case "mmap" ->
                assertThat(ended(Child.reader("header", file, bytes)).result(READER))
                        .startsWith("ok ");
            case "grpc" -> {
                agent.client().read("/m/" + key, 0, ByteBuffer.allocate(8));
                agent.client().read("/m/" + key, 8, ByteBuffer.allocate((int) bytes - 8));
            }
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void readTensor(int fd, String key, long offset) throws ErrnoException {
        readTensor(fd, key, offset, 4096);
    }

    private static void readTensor(int fd, String key, long offset, int length) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        assertThat(Posix.pread(fd, bytes, offset)).isEqualTo(length);
        assertThat(SyntheticBytes.check(key, 1, offset, bytes.flip())).isEmpty();
    }
}
