package io.tidepool.agent.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.tidepool.agent.chunk.ChunkId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What this host gives to others at most, so that it keeps bandwidth for its own work. Thread-safe. */
final class UploadLimits {
    /** What a server with a byte limit sends at a time; without one it sends all that it has. */
    static final int PIECE_BYTES = 1 << 20;

    private static final int SENT_REMEMBERED = 4096;
    private static final Duration SENT_FOR = Duration.ofSeconds(60);

    private final int slots;
    private final @Nullable Bucket bytes;
    private final AtomicInteger used = new AtomicInteger();
    private final Cache<ChunkId, InetSocketAddress> sentTo = Caffeine.newBuilder()
            .maximumSize(SENT_REMEMBERED)
            .expireAfterWrite(SENT_FOR)
            .build();

    UploadLimits(int slots, long bytesPerSecond) {
        this.slots = slots;
        this.bytes = bytesPerSecond == 0
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(Math.max(PIECE_BYTES, bytesPerSecond / 10))
                                .refillGreedy(bytesPerSecond, Duration.ofSeconds(1)))
                        .build();
    }

    /** Whether there was a slot; the caller owes {@link #leave}. */
    boolean enter() {
        if (used.incrementAndGet() <= slots) {
            return true;
        }
        used.decrementAndGet();
        return false;
    }

    void leave() {
        used.decrementAndGet();
    }

    int used() {
        return used.get();
    }

    /** How many of {@code bytes} may be sent in one go. */
    int piece(int count) {
        return bytes == null ? count : Math.min(count, PIECE_BYTES);
    }

    /** Counts bytes that are sent now; returns how many nanoseconds to wait before more are. */
    long take(int count) {
        return bytes == null ? 0 : bytes.consumeIgnoringRateLimits(count);
    }

    void sending(ChunkId id, @Nullable InetSocketAddress to) {
        if (to != null) {
            sentTo.put(id, to);
        }
    }

    /** A host that has the chunk from us, or is getting it; null if none is known but the asker. */
    @Nullable
    InetSocketAddress other(ChunkId id, @Nullable InetSocketAddress asker) {
        InetSocketAddress host = sentTo.getIfPresent(id);
        return host == null || host.equals(asker) ? null : host;
    }
}
