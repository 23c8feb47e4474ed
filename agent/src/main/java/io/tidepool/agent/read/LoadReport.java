package io.tidepool.agent.read;

import io.tidepool.agent.chunk.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one load of a model cost: from its first read until its readers were done with it.
 *
 * @param model the path of the model's file, or what its shards' paths have in common
 * @param active whether it is still going on, and the figures are those so far
 * @param duration from the first read to the last
 * @param files object versions that were read or streamed
 * @param modelBytes their sizes together
 * @param bytesByTier bytes handed to readers, by where they were found; ORIGIN and PEER mean that the reader waited for it
 * @param originBytes bytes fetched from the origin for these files, streamed ones included
 * @param peerBytes the same of other hosts
 * @param waits reads that had to wait
 * @param waited the time they waited, added up over readers
 * @param slowestChunk the chunk whose fill took longest; null if none was filled
 * @param slowestFill how long that took
 */
public record LoadReport(
        String model,
        boolean active,
        Instant started,
        Duration duration,
        int files,
        long modelBytes,
        Map<Tier, Long> bytesByTier,
        long originBytes,
        long peerBytes,
        long waits,
        Duration waited,
        @Nullable String slowestChunk,
        Duration slowestFill) {

    /** Bytes read from the origin ÷ bytes of the object versions loaded; 0 for a load out of the cache. */
    public double originAmplification() {
        return modelBytes == 0 ? 0 : (double) originBytes / modelBytes;
    }

    /** All bytes handed to readers. */
    public long readBytes() {
        return bytesByTier.values().stream().mapToLong(Long::longValue).sum();
    }
}
