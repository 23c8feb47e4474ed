package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ModelHeaderTest {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private long furthestRead;

    private ModelHeader.Bytes bytes() {
        byte[] content = file.toByteArray();
        return (offset, into) -> {
            int count = (int) Math.max(0, Math.min(into.remaining(), content.length - offset));
            into.put(content, (int) Math.min(offset, content.length), count);
            furthestRead = Math.max(furthestRead, offset + count);
        };
    }

    private void int32(int value) {
        file.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private void int64(long value) {
        file.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    private void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int64(utf8.length);
        file.writeBytes(utf8);
    }

    @Test
    void safetensorsTensorsBeginBehindTheHeader() throws Exception {
        int64(1234);
        assertThat(ModelHeader.safetensorsDataOffset(bytes())).isEqualTo(1242);
        assertThat(furthestRead).isEqualTo(8);
    }

    @Test
    void aFileThatIsNoSafetensorsIsRefused() {
        int64(Long.MAX_VALUE);
        assertThatThrownBy(() -> ModelHeader.safetensorsDataOffset(bytes())).isInstanceOf(ChunkException.class);
        file.reset();
        int32(3);
        assertThatThrownBy(() -> ModelHeader.safetensorsDataOffset(bytes())).isInstanceOf(ChunkException.class);
    }

    @Test
    void ggufTensorsBeginAtTheAlignmentBehindMetadataAndInfos() throws Exception {
        int tokens = 40_000;
        int32(0x46554747);
        int32(3);
        int64(2);
        int64(4);
        string("general.alignment");
        int32(4);
        int32(128);
        string("a.float");
        int32(6);
        int32(0);
        string("tokenizer.tokens");
        int32(9);
        int32(8);
        int64(tokens);
        for (int i = 0; i < tokens; i++) {
            string("token" + i);
        }
        string("scores");
        int32(9);
        int32(6);
        int64(tokens);
        file.writeBytes(new byte[4 * tokens]);
        for (int tensor = 0; tensor < 2; tensor++) {
            string("blk." + tensor);
            int32(2);
            int64(4096);
            int64(4096);
            int32(1);
            int64(0);
        }
        int headerEnd = file.size();
        file.writeBytes(new byte[1 << 20]);
        long offset = ModelHeader.ggufDataOffset(bytes());
        assertThat(offset).isEqualTo((headerEnd + 127L) / 128 * 128);
        // It may read one window past the header, no more.
        assertThat(furthestRead).isLessThan(headerEnd + (64 << 10) + 1);
    }

    @Test
    void aTruncatedGgufIsRefused() {
        int32(0x46554747);
        int32(3);
        int64(2);
        int64(4);
        assertThatThrownBy(() -> ModelHeader.ggufDataOffset(bytes()))
                .isInstanceOf(ChunkException.class)
                .hasMessageContaining("ends inside its header");
    }
}
