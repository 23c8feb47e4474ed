package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts the requests to an origin, by operation and outcome, and the bytes that came. */
public final class MeteredOrigin implements Origin {
    private final Origin origin;
    private final Metrics metrics;

    /** @param origin closed with this */
    public MeteredOrigin(Origin origin, Metrics metrics) {
        this.origin = origin;
        this.metrics = metrics;
    }

    private interface Call<T> {
        T run() throws ChunkException, InterruptedException;
    }

    private <T> T counted(String operation, Call<T> call) throws ChunkException, InterruptedException {
        String result = "interrupted";
        try {
            T answer = call.run();
            result = "ok";
            return answer;
        } catch (ChunkException e) {
            result = e.kind().name().toLowerCase(Locale.ROOT);
            throw e;
        } finally {
            metrics.increment(Metric.ORIGIN_REQUESTS, operation, result);
        }
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        return counted("head", () -> Optional.ofNullable(origin.head(key))).orElse(null);
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        return counted("list", () -> origin.list(prefix, delimited, after, limit));
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        int before = into.landed();
        try {
            counted("read", () -> {
                origin.read(id, into);
                return true;
            });
        } finally {
            metrics.add(Metric.ORIGIN_BYTES, into.landed() - before);
        }
    }

    @Override
    public void close() {
        origin.close();
    }
}
