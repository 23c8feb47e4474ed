package io.tidepool.bench.burst;

import io.tidepool.bench.lab.BucketModel;
import io.tidepool.emulator.SafetensorsModel.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A part of a model's file, and what its bytes add up to. */
record Part(BucketModel model, String key, long offset, long length) {
    private static final long READ = 1 << 20;

    long crc32() throws IOException {
        return offset == 0 && length == model.sizeBytes(key) ? model.crc32(key) : model.crc32(key, offset, length);
    }

    /** All files from their first byte to their last, as a loader opens them. */
    static List<Part> files(BucketModel model) {
        return model.keysInLoadingOrder().stream()
                .map(key -> new Part(model, key, 0, model.sizeBytes(key)))
                .toList();
    }

    /** All tensors in an order that has nothing to do with where they lie, each in reads of 1 MiB. */
    static List<Part> tensorsInRandomOrder(BucketModel model, long seed) {
        List<Part> parts = new ArrayList<>();
        for (Tensor tensor : model.tensorsInRandomOrder(seed)) {
            for (long done = 0; done < tensor.length(); done += READ) {
                long length = Math.min(READ, tensor.length() - done);
                parts.add(new Part(model, tensor.key(), tensor.offset() + done, length));
            }
        }
        return parts;
    }
}
