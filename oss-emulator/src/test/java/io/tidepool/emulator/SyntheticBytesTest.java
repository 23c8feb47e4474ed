package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticBytesTest {

    private static final String KEY = "dir/model.bin";

    /** If this fails, bytes written by an older build no longer compare with a newer one's. */
    @Test
    void bytesNeverChange() {
        assertThat(SyntheticBytes.range(KEY, 1, 0, 12)).asHexString().isEqualTo("6794EBAA1B3C34BE36F4110E");
    }

    @Test
    void anyAlignmentGivesTheSameBytes() {
        byte[] whole = SyntheticBytes.range(KEY, 7, 0, 4096);
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            int from = random.nextInt(4096);
            int to = from + random.nextInt(4097 - from);
            assertThat(SyntheticBytes.range(KEY, 7, from, to - from))
                    .as("from %d to %d", from, to)
                    .isEqualTo(Arrays.copyOfRange(whole, from, to));
        }
    }

    @Test
    void fillsDirectAndOffsetBuffersAlike() {
        ByteBuffer direct = ByteBuffer.allocateDirect(1000);
        direct.position(13).limit(900);
        SyntheticBytes.fill(KEY, 1, 5L << 40, direct);
        assertThat(direct.position()).isEqualTo(900);
        byte[] bytes = new byte[887];
        direct.get(13, bytes);
        assertThat(bytes).isEqualTo(SyntheticBytes.range(KEY, 1, 5L << 40, 887));
        direct.clear();
        assertThat(direct.get(12)).isZero();
        assertThat(direct.get(900)).isZero();
    }

    @Test
    void everyAlignedWordIsUniqueOverKeysVersionsAndOffsets() {
        Set<Long> words = new HashSet<>();
        int count = 0;
        for (String key : new String[] {"a", "b", "a/b", ""}) {
            for (long version = 0; version < 10; version++) {
                ByteBuffer bytes = ByteBuffer.wrap(SyntheticBytes.range(key, version, 0, 8 * 2000));
                while (bytes.hasRemaining()) {
                    words.add(bytes.getLong());
                    count++;
                }
            }
        }
        assertThat(words).hasSize(count).doesNotContain(0L);
    }

    @Test
    void rightBytesPassAtAnyAlignment() {
        for (int offset = 0; offset < 20; offset++) {
            for (int length = 0; length < 40; length++) {
                byte[] bytes = SyntheticBytes.range(KEY, 3, offset, length);
                assertThat(SyntheticBytes.check(KEY, 3, offset, bytes)).isEmpty();
                for (int i = 0; i < length; i++) {
                    byte[] wrong = bytes.clone();
                    wrong[i] ^= 4;
                    assertThat(SyntheticBytes.check(KEY, 3, offset, wrong))
                            .hasValueSatisfying(text -> assertThat(text).contains(KEY + " version 3 is wrong"));
                }
            }
        }
    }

    @Test
    void checkLeavesTheBufferAsItWas() {
        ByteBuffer bytes = ByteBuffer.wrap(SyntheticBytes.range(KEY, 1, 0, 100)).position(10);
        assertThat(SyntheticBytes.check(KEY, 1, 10, bytes)).isEmpty();
        assertThat(bytes.position()).isEqualTo(10);
        assertThat(bytes.remaining()).isEqualTo(90);
    }

    @Test
    void saysWhereWrongBytesCameFrom() {
        byte[] right = SyntheticBytes.range(KEY, 1, 4096, 4096);
        assertThat(after(right, 100, new byte[500]))
                .hasValueSatisfying(text ->
                        assertThat(text).contains("from offset 4196 (byte 100 of 4096 compared)", "500 zero bytes"));
        assertThat(after(right, 128, SyntheticBytes.range(KEY, 2, 4096 + 128, 1000)))
                .hasValueSatisfying(text -> assertThat(text).contains("bytes of version 2, same offset"));
        assertThat(after(right, 128, SyntheticBytes.range(KEY, 1, 4096 + 128 - 800, 1000)))
                .hasValueSatisfying(text -> assertThat(text).contains("bytes of the same version", "shifted by -800"));
        assertThat(after(right, 131, SyntheticBytes.range(KEY, 1, 70_000, 1000)))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("the same version", "shifted by +" + (70_000 - 4096 - 131)));
        assertThat(after(right, 7, new byte[] {(byte) (right[7] + 1)}))
                .hasValueSatisfying(text -> assertThat(text).contains("1 byte(s) differ, then right again"));
        assertThat(after(right, 0, SyntheticBytes.range("other", 1, 4096, 1000)))
                .hasValueSatisfying(text -> assertThat(text).contains("foreign bytes"));
    }

    private static Optional<String> after(byte[] right, int at, byte[] patch) {
        byte[] wrong = right.clone();
        System.arraycopy(patch, 0, wrong, at, patch.length);
        return SyntheticBytes.check(KEY, 1, 4096, wrong);
    }

    @Test
    void refusesNegativeOffsets() {
        assertThatThrownBy(() -> SyntheticBytes.range(KEY, 1, -1, 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
