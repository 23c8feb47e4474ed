package io.tidepool.agent.e2e;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the beginning of a GGUF file as llama.cpp does: metadata with a tokenizer, then the tensors' descriptions. */
final class GgufHeader {
    private static final int TYPE_UINT32 = 4;
    private static final int TYPE_STRING = 8;
    private static final int TYPE_ARRAY = 9;
    private static final int ALIGNMENT = 32;
    private static final int TOKENS = 30_000;
    private static final int TENSORS = 200;

    private final ByteBuffer bytes = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);

    private GgufHeader() {}

    /** Some 600 KiB, up to the first tensor's bytes. */
    static byte[] bytes() {
        return new GgufHeader().write();
    }

    private byte[] write() {
        bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(TENSORS)
                .putLong(3);
        string("general.architecture").putInt(TYPE_STRING);
        string("llama");
        string("general.alignment").putInt(TYPE_UINT32).putInt(ALIGNMENT);
        string("tokenizer.ggml.tokens").putInt(TYPE_ARRAY).putInt(TYPE_STRING).putLong(TOKENS);
        for (int i = 0; i < TOKENS; i++) {
            string("token-%06d".formatted(i));
        }
        for (int i = 0; i < TENSORS; i++) {
            string("blk." + i + ".ffn_down.weight").putInt(2).putLong(64).putLong(64);
            bytes.putInt(0).putLong(i * 16_384L);
        }
        bytes.position((bytes.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)
                .flip();
        byte[] written = new byte[bytes.limit()];
        bytes.get(written);
        return written;
    }

    private ByteBuffer string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return bytes.putLong(utf8.length).put(utf8);
    }
}
