package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectVersion;
import java.time.Instant;

/**
 * One object version in the cache, as lists show it.
 *
 * @param cachedBytes of the object, present on disk
 * @param lastLoaded the epoch if it is pinned and was never loaded
 * @param complete whether every chunk is present
 */
public record CachedVersion(
        ObjectVersion version, long cachedBytes, Instant lastLoaded, boolean pinned, boolean complete) {}
