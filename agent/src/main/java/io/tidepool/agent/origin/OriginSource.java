package io.tidepool.agent.origin;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills chunks from the origins they name: at the pace that each of them allows, demand first.
 *
 * <p>A failed try is repeated from where it stopped, so no byte is fetched twice. It gives up when for the whole
 * patience it made no progress, or at once when another try can't help. Thread-safe.
 */
public final class OriginSource implements ChunkSource {
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(OriginSource.class);

    private final Map<String, PacedOrigin> origins;
    private final Duration patience;
    private final Metrics metrics;
    private final FailureLog failures = new FailureLog(LOG, System::nanoTime);

    /**
     * @param origins by name; closed by their owner
     * @param patience how long to go on without progress
     */
    public OriginSource(Map<String, PacedOrigin> origins, Duration patience, Metrics metrics) {
        this.origins = Map.copyOf(origins);
        this.patience = patience;
        this.metrics = metrics;
    }

    @Override
    public Tier tier() {
        return Tier.ORIGIN;
    }

    @Override
    public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws ChunkException, InterruptedException {
        PacedOrigin origin = origins.get(id.version().origin());
        if (origin == null) {
            return false;
        }
        Landing landing = new Landing(into);
        try {
            land(origin, id, landing, ticket);
        } finally {
            landing.close();
        }
        into.setCrc64(landing.crc64());
        return true;
    }

    private void land(PacedOrigin origin, ChunkId id, Landing landing, FillTicket ticket)
            throws ChunkException, InterruptedException {
        if (landing.missing() == 0) {
            return;
        }
        Backoff backoff = new Backoff(landing, patience.toNanos());
        RetryPolicy<Object> retries = RetryPolicy.builder()
                .withMaxRetries(-1)
                .handleIf(e -> e instanceof ChunkException c && c.kind().retryable())
                .onFailedAttempt(e -> backoff.failed(e.getLastException()))
                .abortIf((result, e) -> backoff.isHopeless())
                .withDelayFn(e -> backoff.delay())
                .onRetry(e -> count(id, e.getLastException()))
                .build();
        try {
            Failsafe.with(retries).run(() -> origin.read(id, landing, ticket, backoff));
        } catch (FailsafeException e) {
            ChunkException failure = failure(e, backoff);
            failures.report(failure);
            throw failure;
        }
    }

    private void count(ChunkId id, Throwable failure) {
        String reason = failure instanceof ChunkException c ? c.kind().name() : "OTHER";
        metrics.increment(Metric.ORIGIN_RETRIES, reason.toLowerCase(Locale.ROOT));
        LOG.debug("another try at {} after: {}", id, failure.getMessage());
    }

    private static ChunkException failure(FailsafeException e, Backoff backoff) throws InterruptedException {
        return switch (e.getCause()) {
            case ChunkException c
            when c.kind().retryable() ->
                new ChunkException(c.kind(), c.getMessage() + "; gave up after " + backoff.tries(), c);
            case ChunkException c -> c;
            case InterruptedException i -> {
                // Failsafe has set the flag again; the exception says it already.
                Thread.interrupted();
                throw i;
            }
            case null, default -> throw e;
        };
    }
}
