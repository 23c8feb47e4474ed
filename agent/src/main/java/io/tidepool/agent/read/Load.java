package io.tidepool.agent.read;

import io.tidepool.agent.cache.FillReport;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** The account of one load that is going on. Thread-safe; the read path only adds to it. */
final class Load {
    private final String model;
    private final Instant started;
    private final long startNanos;
    private final Set<ObjectVersion> versions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLongArray bytesByTier = new AtomicLongArray(Tier.values().length);
    private final LongAdder originBytes = new LongAdder();
    private final LongAdder peerBytes = new LongAdder();
    private final LongAdder waits = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();
    private volatile long lastReadNanos;
    private volatile boolean wasRead;
    private volatile boolean ended;
    private Slowest slowest = new Slowest("", 0);

    private record Slowest(String chunk, long nanos) {}

    Load(String model, Instant started, long nowNanos) {
        this.model = model;
        this.started = started;
        this.startNanos = nowNanos;
        this.lastReadNanos = nowNanos;
    }

    String model() {
        return model;
    }

    /** {@code version} belongs to what is loaded: it was read, or is being streamed. */
    void include(ObjectVersion version) {
        versions.add(version);
    }

    void streamStarted() {
        streams.incrementAndGet();
    }

    void streamEnded() {
        streams.decrementAndGet();
    }

    void found(Tier tier, int bytes) {
        bytesByTier.addAndGet(tierIndex(tier), bytes);
    }

    void read(long nowNanos) {
        wasRead = true;
        lastReadNanos = nowNanos;
    }

    void waited(long nanos) {
        waits.increment();
        waitedNanos.add(nanos);
    }

    void filled(FillReport fill) {
        if (!versions.contains(fill.id().version())) {
            return;
        }
        switch (fill.source()) {
            case ORIGIN -> originBytes.add(fill.landedBytes());
            case PEER -> peerBytes.add(fill.landedBytes());
            case DISK, MEMORY -> {}
        }
        synchronized (this) {
            if (fill.nanos() > slowest.nanos()) {
                slowest = new Slowest(fill.id().toString(), fill.nanos());
            }
        }
    }

    /** No longer in {@link LoadReports}: what comes now belongs to another load. */
    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    boolean wasRead() {
        return wasRead;
    }

    /** Whether nobody has read for {@code idle}, and nothing is being streamed. */
    boolean isOver(long nowNanos, Duration idle) {
        return streams.get() == 0 && nowNanos - lastReadNanos > idle.toNanos();
    }

    LoadReport report(boolean active) {
        Map<Tier, Long> bytes = new EnumMap<>(Tier.class);
        for (Tier tier : Tier.values()) {
            bytes.put(tier, bytesByTier.get(tierIndex(tier)));
        }
        Slowest slow;
        synchronized (this) {
            slow = slowest;
        }
        return new LoadReport(
                model,
                active,
                started,
                Duration.ofNanos(lastReadNanos - startNanos),
                versions.size(),
                versions.stream().mapToLong(ObjectVersion::sizeBytes).sum(),
                bytes,
                originBytes.sum(),
                peerBytes.sum(),
                waits.sum(),
                Duration.ofNanos(waitedNanos.sum()),
                slow.nanos() == 0 ? null : slow.chunk(),
                Duration.ofNanos(slow.nanos()));
    }

    @SuppressWarnings("EnumOrdinal") // an index into an array of this process, never stored
    private static int tierIndex(Tier tier) {
        return tier.ordinal();
    }
}
