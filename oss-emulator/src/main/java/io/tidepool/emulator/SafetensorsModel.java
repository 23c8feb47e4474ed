package io.tidepool.emulator;

import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Crc64Policy;
import io.tidepool.emulator.store.SyntheticSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A valid sharded safetensors model of a given size: real headers, index and config over synthetic tensor bytes. The
 * same model can be put into a bucket (no disk) and written to a directory (the same bytes). Immutable.
 *
 * <p>Names are {@code prefix + "model-00001-of-00003.safetensors"} and so on, with {@code model.safetensors.index.json}
 * and {@code config.json}. Tensors are U8, I8, I16 and I32: no bit pattern of theirs is a NaN, so equal bytes are equal
 * tensors to every loader.
 */
public final class SafetensorsModel {

    /** The smallest shard that has room for a header and a few tensors. */
    public static final long MIN_SHARD_BYTES = 16 << 10;

    private static final int COPY_BYTES = 1 << 20;

    private final String prefix;
    private final long version;
    private final List<SafetensorsShard> shards;

    /**
     * One tensor.
     *
     * @param key of the shard's object
     * @param dtype U8, I8, I16 or I32
     * @param offset of its first byte in the shard's file
     * @param length in bytes
     */
    public record Tensor(String name, String key, String dtype, List<Long> shape, long offset, long length) {}

    private SafetensorsModel(String prefix, long version, List<SafetensorsShard> shards) {
        this.prefix = prefix;
        this.version = version;
        this.shards = List.copyOf(shards);
    }

    /**
     * A model whose shards have {@code totalBytes} together, to the byte.
     *
     * @param prefix of every key, empty or ending in a slash
     * @param shardCount at least 1; each shard gets at least {@link #MIN_SHARD_BYTES}
     */
    public static SafetensorsModel of(String prefix, long totalBytes, int shardCount) {
        return of(prefix, totalBytes, shardCount, 1);
    }

    /** As {@link #of(String, long, int)}, with another version of the tensors' bytes. */
    public static SafetensorsModel of(String prefix, long totalBytes, int shardCount, long version) {
        if (shardCount < 1 || shardCount > 99_999 || totalBytes / shardCount < MIN_SHARD_BYTES) {
            throw new IllegalArgumentException("a model of " + totalBytes + " bytes cannot have " + shardCount
                    + " shards: each needs " + MIN_SHARD_BYTES + " bytes");
        }
        List<SafetensorsShard> shards = new ArrayList<>();
        for (int i = 0; i < shardCount; i++) {
            long size = totalBytes / shardCount + (i < totalBytes % shardCount ? 1 : 0);
            String name = "%smodel-%05d-of-%05d.safetensors".formatted(prefix, i + 1, shardCount);
            shards.add(SafetensorsShard.of(name, i, size));
        }
        return new SafetensorsModel(prefix, version, shards);
    }

    /** How many shards people would make of a model of this size: 256 MiB each, from 2 to 32. */
    public static int usualShards(long totalBytes) {
        long wished = Math.clamp(totalBytes >> 28, 2, 32);
        return (int) Math.max(1, Math.min(wished, totalBytes / MIN_SHARD_BYTES));
    }

    /** Of all shards, in file order. */
    public List<Tensor> tensors() {
        return shards.stream().flatMap(shard -> shard.tensors().stream()).toList();
    }

    /** The shards' keys, in order. */
    public List<String> shardKeys() {
        return shards.stream().map(SafetensorsShard::key).toList();
    }

    /** The keys of all files: shards, index, config. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>(shardKeys());
        keys.add(indexKey());
        keys.add(configKey());
        return keys;
    }

    public String indexKey() {
        return prefix + "model.safetensors.index.json";
    }

    public String configKey() {
        return prefix + "config.json";
    }

    /** Of the shards alone, in bytes. */
    public long totalBytes() {
        return shards.stream().mapToLong(SafetensorsShard::size).sum();
    }

    /** The shards as synthetic objects, index and config as small ones. */
    public void putInto(Bucket bucket) {
        for (SafetensorsShard shard : shards) {
            bucket.putSynthetic(
                    new SyntheticSpec(shard.key(), shard.size(), version, shard.header(), Crc64Policy.UNLESS_HUGE));
        }
        bucket.put(indexKey(), indexJson());
        bucket.put(configKey(), configJson());
    }

    /** The same bytes as files; a key is a path below {@code directory}. */
    public void writeTo(Path directory) throws IOException {
        for (SafetensorsShard shard : shards) {
            Path file = directory.resolve(shard.key());
            Files.createDirectories(file.toAbsolutePath().getParent());
            writeShard(shard, file);
        }
        Files.write(directory.resolve(indexKey()), indexJson());
        Files.write(directory.resolve(configKey()), configJson());
    }

    private void writeShard(SafetensorsShard shard, Path file) throws IOException {
        long seed = SyntheticBytes.seed(shard.key(), version);
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(out, shard.header().duplicate());
            ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
            for (long at = shard.header().remaining(); at < shard.size(); at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(COPY_BYTES, shard.size() - at));
                SyntheticBytes.fill(seed, at, buffer);
                writeFully(out, buffer.flip());
            }
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private byte[] indexJson() {
        StringBuilder map = new StringBuilder();
        for (Tensor tensor : tensors()) {
            String file = tensor.key().substring(prefix.length());
            map.append(map.isEmpty() ? "" : ",\n").append("    \"%s\": \"%s\"".formatted(tensor.name(), file));
        }
        long tensorBytes = tensors().stream().mapToLong(Tensor::length).sum();
        return """
                {
                  "metadata": {"total_size": %d},
                  "weight_map": {
                %s
                  }
                }
                """.formatted(tensorBytes, map).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] configJson() {
        return """
                {
                  "architectures": ["TidepoolDemo"],
                  "model_type": "tidepool-demo",
                  "num_hidden_layers": %d,
                  "note": "synthetic weights made by Tidepool's OSS emulator"
                }
                """.formatted(shards.size()).getBytes(StandardCharsets.UTF_8);
    }
}
