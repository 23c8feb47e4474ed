package io.tidepool.bench.burst;

import static io.tidepool.agent.chunk.ChunkLayout.BLOCK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a spoiled cache has where it had something: wrong bytes in every block. */
class CacheRotTest {
    private static final int HOLE = 2;
    private static final int BLOCKS = 4;
    private static final int SIZE = BLOCKS * BLOCK_BYTES - 777;

    @TempDir
    Path cache;

    private Path file;
    private byte[] right;

    /** One block of it is not here. */
    @BeforeEach
    void fill() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        SyntheticBytes.fill("model", 1, 0, bytes);
        right = bytes.array();
        Arrays.fill(right, HOLE * BLOCK_BYTES, (HOLE + 1) * BLOCK_BYTES, (byte) 0);
        file = Files.createDirectories(cache.resolve("objects/ab")).resolve("one");
        Files.write(file, right);
    }

    private static byte[] block(byte[] bytes, int number) {
        return Arrays.copyOfRange(bytes, number * BLOCK_BYTES, Math.min(bytes.length, (number + 1) * BLOCK_BYTES));
    }

    private byte[] spoiled(CacheRot rot) throws IOException {
        rot.spoil(cache);
        byte[] now = Files.readAllBytes(file);
        assertThat(now).hasSize(SIZE);
        for (int number = 0; number < BLOCKS; number++) {
            if (number != HOLE) {
                assertThat(block(now, number)).as("block %d", number).isNotEqualTo(block(right, number));
            }
        }
        return now;
    }

    @Test
    void everyBlockIsFalsified() throws Exception {
        byte[] now = spoiled(CacheRot::falsify);
        assertThat(Arrays.mismatch(block(now, 0), block(right, 0)))
                .as("one byte")
                .isZero();
        assertThat(now[0]).isEqualTo((byte) (right[0] + 1));
        assertThat(spoiled(CacheRot::falsify)[0]).as("done again").isEqualTo((byte) (right[0] + 2));
    }

    @Test
    void whatIsHereBecomesAnotherVersions() throws Exception {
        byte[] now = spoiled(CacheRot::replace);
        ByteBuffer another = ByteBuffer.allocate(SIZE);
        SyntheticBytes.fill("another", 2, 0, another);
        Arrays.fill(another.array(), HOLE * BLOCK_BYTES, (HOLE + 1) * BLOCK_BYTES, (byte) 0);
        assertThat(now).isEqualTo(another.array());
    }

    @Test
    void theSecondHalfGoes() throws Exception {
        CacheRot.cut(cache);
        assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(right, SIZE / 2));
    }
}
