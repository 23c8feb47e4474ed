package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.oss.common.utils.CRC64;
import io.tidepool.agent.chunk.ChunkLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
    /** The check value of CRC-64/XZ in the catalogue of parametrised CRC algorithms. */
    private static final long CHECK = 0x995dc9bbdf1939faL;

    @Test
    void givesTheCatalogueValueFromHeapAndDirectMemory() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(sum(ByteBuffer.wrap(digits))).isEqualTo(CHECK);
        assertThat(sum(ByteBuffer.allocateDirect(9).put(digits).flip())).isEqualTo(CHECK);
    }

    @Test
    void agreesWithTheSdkHoweverTheBytesAreCutUp() {
        Random random = new Random(7);
        byte[] bytes = new byte[200_003];
        random.nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        Crc64 crc = new Crc64();
        while (direct.hasRemaining()) {
            int count = Math.min(direct.remaining(), random.nextInt(5_000));
            crc.update(direct.slice(direct.position(), count));
            direct.position(direct.position() + count);
        }
        assertThat(crc.value()).isEqualTo(new CRC64(bytes, bytes.length).getValue());
        assertThat(sum(ByteBuffer.wrap(bytes))).isEqualTo(crc.value());
    }

    @Test
    void usesLiblzmaOnThisMachineWhichEveryDebianHas() {
        assertThat(Crc64.implementation()).isEqualTo("liblzma");
    }

    @Test
    void chunksCombineToTheWhole() {
        int size = 2 * ChunkLayout.CHUNK_BYTES + 77;
        ByteBuffer whole = ByteBuffer.allocateDirect(size);
        Random random = new Random(3);
        while (whole.remaining() >= Long.BYTES) {
            whole.putLong(random.nextLong());
        }
        long[] sums = new long[3];
        for (int i = 0; i < 3; i++) {
            sums[i] = sum(whole.slice(i * ChunkLayout.CHUNK_BYTES, ChunkLayout.chunkLength(size, i)));
        }
        assertThat(Crc64.ofChunks(sums, size)).isEqualTo(sum(whole.clear()));
        assertThat(Crc64.combine(Crc64.combine(sums[0], sums[1], ChunkLayout.CHUNK_BYTES), sums[2], 77))
                .isEqualTo(Crc64.ofChunks(sums, size));
    }

    @Test
    void anEmptyObjectSumsToZero() {
        assertThat(Crc64.ofChunks(new long[0], 0)).isZero();
        assertThatThrownBy(() -> Crc64.ofChunks(new long[1], 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheHeaderAsUnsigned() {
        assertThat(Crc64.parse("18446744073709551615")).hasValue(-1);
        assertThat(Crc64.parse("18446744073709551616")).isEmpty();
        assertThat(Crc64.parse("abc")).isEmpty();
    }

    private static long sum(ByteBuffer bytes) {
        Crc64 crc = new Crc64();
        crc.update(bytes);
        return crc.value();
    }
}
