package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.SafetensorsModel;
import io.tidepool.emulator.SafetensorsModel.Tensor;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.ObjectBody;
import io.tidepool.emulator.store.ObjectStore;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.SyntheticObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * The model in the emulator's bucket, and the judge of every byte that is said to be of it: the same function of key and
 * offset, computed here once more. Thread-safe.
 */
public final class BucketModel {
    /** The emulator puts its own model below this. */
    public static final String NAME = "model";

    private static final int PIECE = 1 << 20;

    private final String name;
    private final SafetensorsModel model;
    private final Map<String, StoredObject> objects = new LinkedHashMap<>();
    private final Map<String, Long> checksums = new ConcurrentHashMap<>();

    /** What {@code oss-emulator --model BYTES} has. */
    public BucketModel(long bytes) {
        this(NAME, bytes, SafetensorsModel.usualShards(bytes));
    }

    /** What {@link ForkedEmulator#putModel} makes of the same. */
    public BucketModel(String name, long bytes, int shards) {
        this.name = name;
        model = SafetensorsModel.of(name + "/", bytes, shards);
        Bucket bucket = new ObjectStore(InstantSource.system(), 0, null).createBucket(EmulatorOptions.DEFAULT_BUCKET);
        model.putInto(bucket);
        for (String key : keysInLoadingOrder()) {
            objects.put(key, bucket.find(key).orElseThrow());
        }
    }

    /** The directory that its files are in. */
    public String name() {
        return name;
    }

    /** As a loader opens them: the small files first, then the shards. */
    public List<String> keysInLoadingOrder() {
        List<String> keys = new ArrayList<>(List.of(model.configKey(), model.indexKey()));
        keys.addAll(model.shardKeys());
        return List.copyOf(keys);
    }

    public List<String> shardKeys() {
        return model.shardKeys();
    }

    public int tensorCount() {
        return model.tensors().size();
    }

    public List<Tensor> tensorsInRandomOrder(long seed) {
        List<Tensor> tensors = new ArrayList<>(model.tensors());
        Collections.shuffle(tensors, new Random(seed));
        return tensors;
    }

    /** Of all files. */
    public long sizeBytes() {
        return objects.values().stream().mapToLong(StoredObject::size).sum();
    }

    /** Of the shards alone. */
    long shardBytes() {
        return model.totalBytes();
    }

    public long sizeBytes(String key) {
        return object(key).size();
    }

    /**
     * Compares what remains of {@code actual} with the bucket's bytes of {@code key} from {@code offset} on.
     *
     * @throws CommandFailure that says what is wrong, if one byte differs
     */
    public void check(String key, long offset, ByteBuffer actual) throws IOException {
        StoredObject object = object(key);
        Optional<String> wrong = object instanceof SyntheticObject synthetic
                ? synthetic.check(offset, actual)
                : compare(object, offset, actual);
        if (wrong.isPresent()) {
            throw new CommandFailure("WRONG BYTES: " + wrong.get());
        }
    }

    /** @throws CommandFailure if a file that ended after {@code bytes} is too short or too long */
    public void checkSize(String key, long bytes) {
        if (bytes != sizeBytes(key)) {
            throw new CommandFailure("WRONG SIZE: %s has %d bytes, %d were read".formatted(key, sizeBytes(key), bytes));
        }
    }

    /** The CRC32 of a file, computed once. */
    public long crc32(String key) throws IOException {
        Long known = checksums.get(key);
        if (known == null) {
            known = crc32(key, 0, sizeBytes(key));
            checksums.put(key, known);
        }
        return known;
    }

    /** The CRC32 of a part of a file. */
    public long crc32(String key, long offset, long length) throws IOException {
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        try (ObjectBody body = object(key).open()) {
            for (long done = 0; done < length; done += buffer.limit()) {
                buffer.clear().limit((int) Math.min(PIECE, length - done));
                body.fill(offset + done, buffer);
                crc.update(buffer.flip());
            }
        }
        return crc.getValue();
    }

    private static Optional<String> compare(StoredObject object, long offset, ByteBuffer actual) throws IOException {
        ByteBuffer expected = ByteBuffer.allocate(actual.remaining());
        try (ObjectBody body = object.open()) {
            body.fill(offset, expected);
        }
        int at = expected.flip().mismatch(actual);
        return at < 0 ? Optional.empty() : Optional.of(object.key() + " differs at offset " + (offset + at));
    }

    private StoredObject object(String key) {
        StoredObject object = objects.get(key);
        if (object == null) {
            throw new IllegalArgumentException(key + " is not of this model");
        }
        return object;
    }
}
