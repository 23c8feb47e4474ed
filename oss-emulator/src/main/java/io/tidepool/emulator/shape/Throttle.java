package io.tidepool.emulator.shape;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * A token bucket that lets every send go at once and says how long to wait before the next. What a late timer loses is
 * caught up from at most 10 ms of saved tokens, so the long-run rate is exact. Thread-safe.
 */
public final class Throttle {

    /** bucket4j refuses more than a token a nanosecond: a token of 16 bytes reaches 16 GB/s. */
    private static final int BYTES_PER_TOKEN = 16;

    private final Bucket bucket;

    public Throttle(long bytesPerSecond) {
        long tokensPerSecond = Math.clamp(bytesPerSecond / BYTES_PER_TOKEN, 1, 1_000_000_000);
        long saved = Math.max(1, tokensPerSecond / 100);
        this.bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(saved)
                        .refillGreedy(tokensPerSecond, Duration.ofSeconds(1))
                        .initialTokens(0))
                .withNanosecondPrecision()
                .build();
    }

    /** Takes {@code bytes} and returns the nanoseconds until the bucket is out of debt. */
    public long take(int bytes) {
        return bucket.consumeIgnoringRateLimits(Math.ceilDiv(bytes, BYTES_PER_TOKEN));
    }
}
