package io.tidepool.agent.catalog;

import io.tidepool.agent.chunk.ObjectInfo;

/** What a path means. Immutable. */
public sealed interface CatalogEntry {
    /** Absolute, without a slash at the end unless it is the root. */
    String path();

    /**
     * A file.
     *
     * @param info a directory's listing doesn't tell the CRC64, so an entry of {@link Catalog#list} lacks it
     */
    record File(String path, ObjectInfo info, Mounted mounted) implements CatalogEntry {}

    /** A directory: a mount, or what has keys under it. */
    record Directory(String path) implements CatalogEntry {}
}
