package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ObjectInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing.
 *
 * @param objects in the order of their keys' UTF-8 bytes; without CRC64, which listings don't tell
 * @param prefixes rolled up, each ending in {@code /}, in the same order
 * @param next what to go on after; null if this was the last page
 */
public record ListPage(
        List<ObjectInfo> objects,
        List<String> prefixes,
        @Nullable String next) {}
