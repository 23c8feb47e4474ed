package io.tidepool.emulator.control;

import io.tidepool.emulator.store.Crc64Policy;
import io.tidepool.emulator.store.SyntheticSpec;
import org.jspecify.annotations.Nullable;

/** A synthetic object as JSON; only key and size must be there. */
record ObjectJson(
        @Nullable String bucket,
        @Nullable String key,
        @Nullable Long size,
        @Nullable Long version,
        @Nullable Crc64Policy crc64) {

    String bucketOr(String defaultBucket) {
        return bucket == null ? defaultBucket : bucket;
    }

    SyntheticSpec toSpec() {
        if (key == null || size == null) {
            throw new IllegalArgumentException("a synthetic object needs \"key\" and \"size\" (bytes)");
        }
        SyntheticSpec spec = SyntheticSpec.of(key, size).withVersion(version == null ? 1 : version);
        return crc64 == null ? spec : spec.withCrc64(crc64);
    }
}
