package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import org.jspecify.annotations.Nullable;

/**
 * A place that has objects: an OSS bucket, a directory. One call is one try; whoever calls decides on retries.
 *
 * <p>An implementation must:
 *
 * <ul>
 *   <li>never give bytes of another version than the one asked for: {@link ChunkException.Kind#STALE} instead;
 *   <li>check an answer before it lands a byte of it, and land nothing that it doubts;
 *   <li>list keys in the order of their UTF-8 bytes, a prefix among them by its own bytes, nothing twice and nothing
 *       missing of what exists throughout;
 *   <li>end within its timeouts, and let go of its caller at once when interrupted;
 *   <li>be safe for use by many threads.
 * </ul>
 */
public interface Origin extends AutoCloseable {
    /** The configured name: {@link io.tidepool.agent.chunk.ObjectVersion#origin()} of everything it tells. */
    String name();

    /** What is known of the object {@code key}; null if there is none. */
    @Nullable
    ObjectInfo head(String key) throws ChunkException, InterruptedException;

    /**
     * Lists keys that start with {@code prefix}.
     *
     * @param prefix empty, or ending in {@code /}
     * @param delimited whether keys with a further {@code /} are rolled up into prefixes
     * @param after a key or (ending in {@code /}) a rolled-up prefix to go on after; null to begin
     * @param limit objects and prefixes together, from 1 to 1,000
     */
    ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException;

    /**
     * Fetches what {@code into} still lacks of a chunk, in one request.
     *
     * @throws ChunkException if not all of it came; what landed stays right
     */
    void read(ChunkId id, Landing into) throws ChunkException, InterruptedException;

    @Override
    void close();
}
