package io.tidepool.agent.api;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of itself.
 *
 * @param version of the software
 * @param started when this process began to serve
 * @param mountPoint null if it has no mount
 * @param cacheDirectory the disk tier's
 * @param cacheLimitBytes chunk bytes that may be in it
 */
public record AgentInfo(
        String version, Instant started, @Nullable Path mountPoint, Path cacheDirectory, long cacheLimitBytes) {}
