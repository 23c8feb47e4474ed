package io.tidepool.emulator.shape;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token bucket that lets every send go at once and says how long to wait before the next. While anybody sends, up to
 * 100 ms of tokens are saved, so that late timers on a busy machine cost no bandwidth; whoever starts on an idle bucket
 * finds none, as on an idle wire. Thread-safe.
 */
public final class Throttle {

    /** bucket4j refuses more than a token a nanosecond: a token of 16 bytes reaches 16 GB/s. */
    private static final int BYTES_PER_TOKEN = 16;

    private static final int SAVED_PER_SECOND = 10;

    private final Bucket bucket;
    private final AtomicInteger senders = new AtomicInteger();

    public Throttle(long bytesPerSecond) {
        long tokensPerSecond = Math.clamp(bytesPerSecond / BYTES_PER_TOKEN, 1, 1_000_000_000);
        long saved = Math.max(1, tokensPerSecond / SAVED_PER_SECOND);
        this.bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(saved)
                        .refillGreedy(tokensPerSecond, Duration.ofSeconds(1))
                        .initialTokens(0))
                .withNanosecondPrecision()
                .build();
    }

    /** To be called before the first {@link #take} of a body. */
    public void enter() {
        if (senders.getAndIncrement() == 0) {
            bucket.tryConsumeAsMuchAsPossible();
        }
    }

    /** To be called once after each {@link #enter}. */
    public void leave() {
        senders.decrementAndGet();
    }

    /** Takes {@code bytes} and returns the nanoseconds until the bucket is out of debt. */
    public long take(int bytes) {
        return bucket.consumeIgnoringRateLimits(Math.ceilDiv(bytes, BYTES_PER_TOKEN));
    }
}
