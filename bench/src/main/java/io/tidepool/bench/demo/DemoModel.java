package io.tidepool.bench.demo;

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

/**
 * The model in the emulator's bucket, and the judge of every byte that is said to be of it: the same function of key and
 * offset, computed here once more. Thread-safe.
 */
final class DemoModel {
    /** The emulator puts the model below this. */
    static final String NAME = "model";

    private final SafetensorsModel model;
    private final Map<String, StoredObject> objects = new LinkedHashMap<>();

    /** What {@code oss-emulator --model BYTES} has. */
    DemoModel(long bytes) {
        model = SafetensorsModel.of(NAME + "/", bytes, SafetensorsModel.usualShards(bytes));
        Bucket bucket = new ObjectStore(InstantSource.system(), 0, null).createBucket(EmulatorOptions.DEFAULT_BUCKET);
        model.putInto(bucket);
        for (String key : keysInLoadingOrder()) {
            objects.put(key, bucket.find(key).orElseThrow());
        }
    }

    /** As a loader opens them: the small files first, then the shards. */
    final List<String> keysInLoadingOrder() {
        List<String> keys = new ArrayList<>(List.of(model.configKey(), model.indexKey()));
        keys.addAll(model.shardKeys());
        return List.copyOf(keys);
    }

    List<String> shardKeys() {
        return model.shardKeys();
    }

    int tensorCount() {
        return model.tensors().size();
    }

    List<Tensor> tensorsInRandomOrder(long seed) {
        List<Tensor> tensors = new ArrayList<>(model.tensors());
        Collections.shuffle(tensors, new Random(seed));
        return tensors;
    }

    /** Of all files. */
    long sizeBytes() {
        return objects.values().stream().mapToLong(StoredObject::size).sum();
    }

    long sizeBytes(String key) {
        return object(key).size();
    }

    /**
     * Compares what remains of {@code actual} with the bucket's bytes of {@code key} from {@code offset} on.
     *
     * @throws CommandFailure that says what is wrong, if one byte differs
     */
    void check(String key, long offset, ByteBuffer actual) throws IOException {
        StoredObject object = object(key);
        Optional<String> wrong = object instanceof SyntheticObject synthetic
                ? synthetic.check(offset, actual)
                : compare(object, offset, actual);
        if (wrong.isPresent()) {
            throw new CommandFailure("WRONG BYTES: " + wrong.get());
        }
    }

    /** @throws CommandFailure if a file that ended after {@code bytes} is too short or too long */
    void checkSize(String key, long bytes) {
        if (bytes != sizeBytes(key)) {
            throw new CommandFailure("WRONG SIZE: %s has %d bytes, %d were read".formatted(key, sizeBytes(key), bytes));
        }
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
