package io.tidepool.emulator.control;

import io.tidepool.emulator.SafetensorsModel;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors model of the first bucket as JSON; only prefix and size must be there.
 *
 * @param size of all shards together
 */
record ModelJson(
        @Nullable String prefix,
        @Nullable Long size,
        @Nullable Integer shards) {

    SafetensorsModel toModel() {
        if (prefix == null || size == null) {
            throw new IllegalArgumentException("a model needs \"prefix\" and \"size\" (bytes)");
        }
        return SafetensorsModel.of(prefix, size, shards == null ? SafetensorsModel.usualShards(size) : shards);
    }
}
