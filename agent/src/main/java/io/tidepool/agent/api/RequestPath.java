package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;

/** The paths of requests: absolute, and with a slash at the end if the client likes. */
final class RequestPath {
    private RequestPath() {}

    /** The path as the catalogue wants it. */
    static String of(String path) throws ChunkException {
        if (!path.startsWith("/")) {
            throw new ChunkException(
                    Kind.INVALID, "not an absolute path: '" + path + "'; paths begin with a mount, as in /models/x");
        }
        return path.endsWith("/") && path.length() > 1 ? path.substring(0, path.length() - 1) : path;
    }

    /** What the path means; a missing one is NOT_FOUND. */
    static CatalogEntry find(String path, Catalog catalog) throws ChunkException, InterruptedException {
        CatalogEntry entry = catalog.lookup(of(path));
        if (entry == null) {
            throw notFound("no such file or directory: " + path);
        }
        return entry;
    }

    static ChunkException notFound(String message) {
        return new ChunkException(Kind.NOT_FOUND, message);
    }
}
