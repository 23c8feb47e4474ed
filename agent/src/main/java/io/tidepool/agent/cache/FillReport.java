package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.Tier;
import org.jspecify.annotations.Nullable;

/**
 * What became of one fill.
 *
 * @param source that filled, or that failed
 * @param landedBytes how many bytes it brought, also when it failed
 * @param nanos from the start of the fill (landing memory in hand) to its last byte
 * @param kept whether the chunk is on disk now
 * @param failure why it failed; null if it did not
 */
public record FillReport(
        ChunkId id,
        Tier source,
        int landedBytes,
        long nanos,
        boolean kept,
        @Nullable ChunkException failure) {}
