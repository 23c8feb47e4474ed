package io.tidepool.bench.simulate;

import java.util.concurrent.TimeUnit;

/**
 * What is simulated: one cell and its share of the bucket.
 *
 * @param hosts in this cell
 * @param modelBytes what each of them loads, all at once
 * @param nicBits a second, each way, of each host
 * @param bucketBits a second, this cell's share
 * @param fills chunks that a host fetches at a time
 * @param uploadSlots chunks that a host sends at a time
 * @param messageNanos how long a message takes
 * @param originNanos how long the bucket takes until its first byte
 * @param seed of everything that happens by chance
 */
record FleetPlan(
        int hosts,
        long modelBytes,
        double nicBits,
        double bucketBits,
        int fills,
        int uploadSlots,
        long messageNanos,
        long originNanos,
        long seed) {
    /** These two are the agent's defaults. */
    static final int FILLS = 16;

    static final int UPLOAD_SLOTS = 32;
    static final long MESSAGE_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    static final long ORIGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    FleetPlan withSeed(long other) {
        return new FleetPlan(
                hosts, modelBytes, nicBits, bucketBits, fills, uploadSlots, messageNanos, originNanos, other);
    }

    ChunkSizes sizes() {
        return new ChunkSizes(modelBytes);
    }

    /** No load can end before each host's link, and the cell's share of the bucket, have carried the model once. */
    double boundSeconds() {
        return modelBytes * 8.0 / Math.min(nicBits, bucketBits);
    }
}
