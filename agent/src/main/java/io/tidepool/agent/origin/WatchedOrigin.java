package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An origin of which is known whether it can be used at all; the change of that is one line in the log.
 *
 * <p>A request that fails proves little: its object may be archived, its connection unlucky. So it only raises suspicion, and
 * a probe, a list of one key, decides: at once if it is refused, after a second probe if there was no good answer. While
 * the origin can't be used it is probed on; the first request that succeeds, whoever's, ends that. At the start it is under
 * suspicion.
 *
 * <p>A key may be allowed to read and not to list. Where the probe is refused, reads succeed, and the next probe is refused
 * again, refusals decide nothing any more until a probe succeeds: readers hear of their own.
 *
 * <p>Probes run on a thread of their own, from {@link #watch} on; nobody waits for them. Thread-safe.
 */
public final class WatchedOrigin implements Origin {
    /** From one verdict to the next probe. */
    private static final Duration BETWEEN = Duration.ofSeconds(10);

    /** Before a probe without a good answer is repeated. */
    private static final Duration BEFORE_SECOND = Duration.ofSeconds(1);

    /** Failures that may be the origin's; throttling is the answer of one that works. */
    private static final Set<Kind> SUSPICIOUS =
            EnumSet.of(Kind.UNAVAILABLE, Kind.ACCESS_DENIED, Kind.INVALID, Kind.CORRUPT);

    private static final Logger LOG = LoggerFactory.getLogger(WatchedOrigin.class);

    private final Origin origin;
    private final Duration between;
    private final Semaphore suspicion = new Semaphore(0);
    private long successes;
    private @Nullable String trouble;
    private Listing listing = Listing.UNKNOWN;
    private @Nullable Thread watcher;

    /** What probes have shown: whether the key may list. */
    private enum Listing {
        UNKNOWN,
        REFUSED,
        /** And somebody else's request succeeded since. */
        REFUSED_ALONE,
        /** And refused once more, which was told. */
        NEVER
    }

    /** @param origin closed with this */
    public WatchedOrigin(Origin origin, Metrics metrics) {
        this(origin, metrics, BETWEEN);
    }

    WatchedOrigin(Origin origin, Metrics metrics, Duration between) {
        this.origin = origin;
        this.between = between;
        metrics.gauge(Metric.ORIGIN_UP, () -> trouble().isEmpty() ? 1 : 0, origin.name());
    }

    /**
     * Starts to watch.
     *
     * @param prefix what probes list: a key may be allowed to see no more than what is shown
     */
    public synchronized void watch(String prefix) {
        suspicion.release();
        watcher = Thread.ofVirtual().name("watch-" + origin.name()).start(() -> probeOnSuspicion(prefix));
    }

    /** Why it can't be used at present, and what to do, in one line; empty while it can, or nothing is known yet. */
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void probeOnSuspicion(String prefix) {
        try {
            while (true) {
                if (trouble().isEmpty()) {
                    suspicion.acquire();
                }
                suspicion.drainPermits();
                probe(prefix);
                Thread.sleep(between);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void probe(String prefix) throws InterruptedException {
        long before = successes();
        ChunkException failure = ask(prefix);
        if (failure != null && failure.kind().retryable() && SUSPICIOUS.contains(failure.kind())) {
            Thread.sleep(BEFORE_SECOND);
            failure = ask(prefix);
        }
        if (failure != null && SUSPICIOUS.contains(failure.kind())) {
            failed(failure, before);
        }
    }

    private @Nullable ChunkException ask(String prefix) throws InterruptedException {
        try {
            origin.list(prefix, true, null, 1);
            probed();
            return null;
        } catch (ChunkException e) {
            return e;
        }
    }

    private synchronized long successes() {
        return successes;
    }

    private synchronized void probed() {
        listing = Listing.UNKNOWN;
        succeeded();
    }

    private synchronized void succeeded() {
        successes++;
        if (listing == Listing.REFUSED) {
            listing = Listing.REFUSED_ALONE;
            suspicion.release();
        }
        if (trouble != null) {
            trouble = null;
            LOG.info("origin {} can be used again", origin.name());
        }
    }

    /** @param before successes before the probe: with one since then, it speaks against the rest */
    private synchronized void failed(ChunkException failure, long before) {
        if (successes == before && !(failure.kind() == Kind.ACCESS_DENIED && mayReadAllTheSame(failure))) {
            if (trouble == null) {
                LOG.warn(
                        "origin {} can't be used, only what is cached is served: {}",
                        origin.name(),
                        failure.getMessage());
            }
            trouble = String.valueOf(failure.getMessage());
        }
    }

    private boolean mayReadAllTheSame(ChunkException refusal) {
        if (listing == Listing.REFUSED_ALONE) {
            LOG.warn("origin {} can be read, but not listed: {}", origin.name(), refusal.getMessage());
            listing = Listing.NEVER;
        } else if (listing == Listing.UNKNOWN) {
            listing = Listing.REFUSED;
        }
        return listing == Listing.NEVER;
    }

    private <T> T observed(SocketThread.Call<T> call) throws ChunkException, InterruptedException {
        try {
            T answer = call.run();
            succeeded();
            return answer;
        } catch (ChunkException e) {
            if (SUSPICIOUS.contains(e.kind())) {
                suspicion.release();
            }
            throw e;
        }
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        return observed(() -> Optional.ofNullable(origin.head(key))).orElse(null);
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        return observed(() -> origin.list(prefix, delimited, after, limit));
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        observed(() -> {
            origin.read(id, into);
            return id;
        });
    }

    /** Ends the watch, if there was one. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = watcher;
        }
        if (running != null) {
            running.interrupt();
        }
        origin.close();
    }
}
