package io.tidepool.agent.catalog;

import io.tidepool.agent.catalog.OriginAccess.Patience;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.origin.ListPage;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Asks the origin what one name means: is there an object, and is there anything under it? Both at once, for each takes
 * a round trip. A directory wins over a file of the same name (promise N3).
 */
record Finder(OriginAccess access, Patience patience, Executor executor) {
    /**
     * @param directory whether there is anything under it
     * @param info of the object; null if there is none, or it was not found out because there is a directory
     */
    record Found(boolean directory, @Nullable ObjectInfo info) {}

    Found find(Place place) throws ChunkException, InterruptedException {
        FutureTask<Boolean> directory = new FutureTask<>(() -> hasAnyUnder(place.prefix()));
        executor.execute(directory);
        ObjectInfo info = null;
        ChunkException headFailure = null;
        try {
            info = access.call(patience, o -> Optional.ofNullable(o.head(place.key())))
                    .orElse(null);
        } catch (ChunkException e) {
            headFailure = e;
        }
        try {
            if (directory.get()) {
                return new Found(true, info);
            }
        } catch (ExecutionException e) {
            // A key that may be read but not listed is a file still.
            if (info == null && headFailure == null) {
                throw failure(e);
            }
        }
        if (headFailure != null) {
            throw headFailure;
        }
        return new Found(false, info);
    }

    private static ChunkException failure(ExecutionException e) {
        return e.getCause() instanceof ChunkException c
                ? c
                : new ChunkException(ChunkException.Kind.INTERNAL, "a look-up failed: " + e.getCause(), e);
    }

    private boolean hasAnyUnder(String prefix) throws ChunkException, InterruptedException {
        if (Names.utf8Length(prefix) > Names.MAX_KEY_BYTES) {
            return false; // no key is that long, and OSS refuses to list such a prefix
        }
        ListPage page = access.call(patience, o -> o.list(prefix, true, null, 1));
        return !page.objects().isEmpty() || !page.prefixes().isEmpty();
    }
}
