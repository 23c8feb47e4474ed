package io.tidepool.emulator;

import io.tidepool.emulator.SafetensorsModel.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One file of a safetensors model: 8 bytes of header length (little-endian), the JSON header padded with blanks, then
 * the tensors without a gap.
 *
 * @param header everything before the first tensor's bytes; read-only
 */
record SafetensorsShard(String key, long size, ByteBuffer header, List<Tensor> tensors) {

    private static final long BYTES_PER_TENSOR = 12L << 20;
    private static final int MAX_TENSORS = 256;

    /** What one tensor takes of the header at most. */
    private static final int ENTRY_BYTES = 160;

    /** Loaders view I32 tensors in place, so all but the last tensor of a shard are multiples of this. */
    private static final int ALIGNMENT = 256;

    private static final List<String> PARTS = List.of(
            "self_attn.q_proj.weight",
            "self_attn.o_proj.weight",
            "mlp.gate_proj.weight",
            "mlp.down_proj.weight",
            "input_layernorm.weight");

    /** A dtype and its size in bytes. */
    private record Type(String name, int bytes) {}

    private static final List<Type> TYPES =
            List.of(new Type("U8", 1), new Type("I32", 4), new Type("I16", 2), new Type("I8", 1));

    /** A shard of exactly {@code size} bytes. */
    static SafetensorsShard of(String key, int shardIndex, long size) {
        int count = Math.clamp(size / BYTES_PER_TENSOR, 4, MAX_TENSORS);
        int headerBytes = 8 + (count * ENTRY_BYTES + 64 + 7) / 8 * 8;
        List<Tensor> tensors = new ArrayList<>();
        long data = size - headerBytes;
        long at = headerBytes;
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            // Unequal shares (1, 2 and 3 parts of 2), so that no two offsets fall alike on chunk borders.
            long share = data / count * (1 + i % 3) / 2 / ALIGNMENT * ALIGNMENT;
            long length = last ? size - at : Math.min(share, (size - at) / ALIGNMENT * ALIGNMENT);
            tensors.add(tensor(key, shardIndex, i, at, length, last));
            at += length;
        }
        return new SafetensorsShard(key, size, header(headerBytes, tensors), List.copyOf(tensors));
    }

    private static Tensor tensor(String key, int shardIndex, int i, long at, long length, boolean last) {
        Type type = last ? TYPES.getFirst() : TYPES.get(i % TYPES.size());
        String name = "model.layers.%d.%d.%s".formatted(shardIndex, i / PARTS.size(), PARTS.get(i % PARTS.size()));
        List<Long> shape = last ? List.of(length) : List.of(length / type.bytes() / 64, 64L);
        return new Tensor(name, key, type.name(), shape, at, length);
    }

    private static ByteBuffer header(int headerBytes, List<Tensor> tensors) {
        String json = tensors.stream()
                .map(t -> "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                        .formatted(
                                t.name(),
                                t.dtype(),
                                t.shape().stream().map(String::valueOf).collect(Collectors.joining(",")),
                                t.offset() - headerBytes,
                                t.offset() - headerBytes + t.length()))
                .collect(Collectors.joining(",", "{\"__metadata__\":{\"format\":\"pt\"},", "}"));
        byte[] header = new byte[headerBytes];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes - 8L)
                .put(json.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(header).asReadOnlyBuffer();
    }
}
