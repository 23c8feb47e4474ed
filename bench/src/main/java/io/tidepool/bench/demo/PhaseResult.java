package io.tidepool.bench.demo;

import io.tidepool.proto.v1.Tier;
import java.time.Duration;
import java.util.Map;

/**
 * What one load of the model cost.
 *
 * @param bytes that the loader got and compared
 * @param found bytes that the agent gave to readers meanwhile, by where it found them
 * @param originBytes that the bucket sent meanwhile
 * @param modelBytes size of the model
 */
record PhaseResult(String name, long bytes, Duration time, Map<Tier, Long> found, long originBytes, long modelBytes) {

    long found(Tier tier) {
        return found.getOrDefault(tier, 0L);
    }

    /** The kernel reads ahead, so it may take more than the loader asks for; or less, when it had pages already. */
    long servedBytes() {
        return Math.max(
                bytes, found.values().stream().mapToLong(Long::longValue).sum());
    }

    double originAmplification() {
        return (double) originBytes / modelBytes;
    }
}
