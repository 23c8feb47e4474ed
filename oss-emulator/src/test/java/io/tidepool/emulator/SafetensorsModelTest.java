package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.emulator.SafetensorsModel.Tensor;
import io.tidepool.emulator.store.ObjectBody;
import io.tidepool.emulator.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsModelTest {

    @ParameterizedTest
    @CsvSource({"16384,1", "100000,3", "5000001,2", "300000007,3", "10000000000,7"})
    void headersObeyTheFormat(long totalBytes, int shards) throws IOException {
        SafetensorsModel model = SafetensorsModel.of("m/", totalBytes, shards);
        assertThat(model.totalBytes()).isEqualTo(totalBytes);
        try (OssEmulator emulator = new OssEmulator(EmulatorOptions.defaults())) {
            model.putInto(emulator.bucket());
            Set<String> names = new HashSet<>();
            for (String key : model.shardKeys()) {
                StoredObject shard = emulator.bucket().find(key).orElseThrow();
                List<Tensor> tensors = model.tensors().stream()
                        .filter(t -> t.key().equals(key))
                        .toList();
                checkHeader(shard, tensors);
                tensors.forEach(tensor -> assertThat(names.add(tensor.name())).isTrue());
            }
            JsonNode index = json(emulator.bucket().find(model.indexKey()).orElseThrow(), 0);
            assertThat(index.get("weight_map").size()).isEqualTo(names.size());
            for (Tensor tensor : model.tensors()) {
                assertThat("m/" + index.get("weight_map").get(tensor.name()).asText())
                        .isEqualTo(tensor.key());
            }
            assertThat(json(emulator.bucket().find(model.configKey()).orElseThrow(), 0)
                            .has("model_type"))
                    .isTrue();
        }
    }

    /** The rules of the safetensors format: contiguous tensors, in order, that cover the file; sizes that fit shapes. */
    private static void checkHeader(StoredObject shard, List<Tensor> tensors) throws IOException {
        ByteBuffer length = ByteBuffer.wrap(read(shard, 0, 8)).order(ByteOrder.LITTLE_ENDIAN);
        long headerBytes = length.getLong();
        assertThat(headerBytes % 8).isZero();
        JsonNode header = json(shard, 8, (int) headerBytes);
        long at = 8 + headerBytes;
        for (Tensor tensor : tensors) {
            JsonNode entry = header.get(tensor.name());
            assertThat(entry.get("dtype").asText()).isEqualTo(tensor.dtype());
            assertThat(entry.get("data_offsets").get(0).asLong()).isEqualTo(tensor.offset() - 8 - headerBytes);
            assertThat(entry.get("data_offsets").get(1).asLong()
                            - entry.get("data_offsets").get(0).asLong())
                    .isEqualTo(tensor.length());
            assertThat(tensor.offset()).isEqualTo(at);
            assertThat(tensor.length()).isPositive();
            long elements = 1;
            for (JsonNode dimension : entry.get("shape")) {
                elements *= dimension.asLong();
            }
            assertThat(elements * itemBytes(tensor.dtype())).isEqualTo(tensor.length());
            assertThat(tensor.offset() % itemBytes(tensor.dtype())).isZero();
            at += tensor.length();
        }
        assertThat(at).isEqualTo(shard.size());
        assertThat(header.size()).isEqualTo(tensors.size() + 1);
    }

    @Test
    void theDirectoryHoldsTheBucketsBytes(@TempDir Path directory) throws IOException {
        SafetensorsModel model = SafetensorsModel.of("deep/m/", 3_000_001, 2, 5);
        model.writeTo(directory);
        try (OssEmulator emulator = new OssEmulator(EmulatorOptions.defaults())) {
            model.putInto(emulator.bucket());
            for (String key : model.keys()) {
                StoredObject object = emulator.bucket().find(key).orElseThrow();
                assertThat(Files.readAllBytes(directory.resolve(key))).as(key).isEqualTo(read(object, 0, (int)
                        object.size()));
            }
        }
    }

    @Test
    void refusesShardsWithoutRoom() {
        assertThatThrownBy(() -> SafetensorsModel.of("", 16383, 1)).hasMessageContaining("16384");
    }

    private static int itemBytes(String dtype) {
        return switch (dtype) {
            case "I32" -> 4;
            case "I16" -> 2;
            case "U8", "I8" -> 1;
            default -> throw new AssertionError(dtype);
        };
    }

    private static JsonNode json(StoredObject object, long offset) throws IOException {
        return json(object, offset, (int) object.size());
    }

    private static JsonNode json(StoredObject object, long offset, int length) throws IOException {
        return new ObjectMapper().readTree(new String(read(object, offset, length), StandardCharsets.UTF_8));
    }

    private static byte[] read(StoredObject object, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        try (ObjectBody body = object.open()) {
            body.fill(offset, ByteBuffer.wrap(bytes));
        }
        return bytes;
    }
}
