package io.tidepool.agent.disk;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk is worth asking. After three failed writes without a good one between them nothing is stored, and after
 * three failed reads, each within a minute of the one before, nothing is stored or read, until a try shows that it works again; readers are served
 * from the origin meanwhile. Thread-safe.
 */
public final class DiskHealth {
    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);

    private final Metrics metrics;
    private final Breaker stores;
    private final Breaker reads;

    DiskHealth(Metrics metrics, LongSupplier nanos, Runnable storesHealed) {
        this.metrics = metrics;
        this.stores = breaker("store", "nothing is stored in it", nanos, storesHealed);
        this.reads = breaker("read", "nothing is read from it", nanos, () -> {});
    }

    private Breaker breaker(String use, String consequence, LongSupplier nanos, Runnable healed) {
        Breaker breaker = new Breaker(nanos, why -> {
            metrics.increment(Metric.CACHE_BYPASS_CHANGES, use, why == null ? "back" : "bypassed");
            if (why == null) {
                LOG.warn("the cache disk works again: it is used to {} chunks", use);
                healed.run();
            } else {
                LOG.warn("the cache disk fails: {} until a try shows that it works again ({})", consequence, why);
            }
        });
        metrics.gauge(Metric.CACHE_BYPASSED, () -> breaker.why() == null ? 0 : 1, use);
        return breaker;
    }

    /** Why nothing is stored at the moment, in a few words; null while chunks are stored. */
    public @Nullable String whyNotStored() {
        String why = reads.why();
        return why == null ? stores.why() : why;
    }

    /** Why nothing is read at the moment, in a few words; null while chunks are read. */
    public @Nullable String whyNotRead() {
        return reads.why();
    }

    /** Whether to store a chunk now; its outcome is to be told. If not, that is counted. */
    boolean mayStore(int bytes) {
        // The try of a disk that can't be read may be a write: perhaps nobody wants what it has.
        boolean may = reads.mayTry() && stores.mayTry();
        if (!may) {
            metrics.add(Metric.CACHE_BYPASSED_BYTES, bytes, "store");
        }
        return may;
    }

    boolean mayRead() {
        return reads.mayTry();
    }

    /** A chunk that is on the disk was not looked for there. */
    void notRead(int bytes) {
        metrics.add(Metric.CACHE_BYPASSED_BYTES, bytes, "read");
    }

    void stored() {
        stores.succeeded();
        reads.perhapsSucceeded();
    }

    void notStored(String how) {
        stores.failed(how);
    }

    void read() {
        reads.perhapsSucceeded();
    }

    void notReadable(String how) {
        reads.failed(how);
    }
}
