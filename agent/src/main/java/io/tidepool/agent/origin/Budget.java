package io.tidepool.agent.origin;

import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.PriorityGate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The bytes and requests that this process may ask of one origin in a second. Whoever waits for them waits in a queue,
 * demand first: only its head takes from the buckets. Thread-safe.
 */
final class Budget {
    private final @Nullable Bucket bytes;
    private final @Nullable Bucket requests;
    private final PriorityGate turn = new PriorityGate(1);

    Budget(long bytesPerSecond, int requestsPerSecond) {
        // A chunk is asked for at once, so the bucket must hold one.
        this.bytes = bucket(bytesPerSecond, Math.max(bytesPerSecond, ChunkLayout.CHUNK_BYTES));
        this.requests = bucket(requestsPerSecond, requestsPerSecond);
    }

    private static @Nullable Bucket bucket(long perSecond, long capacity) {
        return perSecond == 0
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(capacity).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build();
    }

    boolean isUnlimited() {
        return bytes == null && requests == null;
    }

    /** Waits until one request for {@code count} bytes may be sent; false if that is not within {@code nanos}. */
    boolean take(int count, FillTicket ticket, long nanos) throws InterruptedException {
        if (isUnlimited()) {
            return true;
        }
        long start = System.nanoTime();
        if (!turn.tryAcquire(ticket, nanos)) {
            return false;
        }
        try {
            return wait(requests, 1, nanos - (System.nanoTime() - start))
                    && waitForBytes(count, nanos - (System.nanoTime() - start));
        } finally {
            turn.release();
        }
    }

    private boolean waitForBytes(int count, long nanos) throws InterruptedException {
        boolean taken = false;
        try {
            taken = wait(bytes, count, nanos);
            return taken;
        } finally {
            if (!taken) {
                giveBack(requests, 1);
            }
        }
    }

    private static boolean wait(@Nullable Bucket bucket, int count, long nanos) throws InterruptedException {
        if (bucket == null || count == 0 || bucket.tryConsume(count)) {
            return true;
        }
        try {
            return nanos > 0 && bucket.asBlocking().tryConsume(count, nanos, BlockingStrategy.PARKING);
        } catch (InterruptedException e) {
            // Taken before the wait, and not given back.
            giveBack(bucket, count);
            throw e;
        }
    }

    /** As {@link #take}, for what may as well not be sent: never waits. */
    boolean takeNow(int count) {
        if (requests != null && !requests.tryConsume(1)) {
            return false;
        }
        boolean taken = bytes == null || count == 0 || bytes.tryConsume(count);
        if (!taken) {
            giveBack(requests, 1);
        }
        return taken;
    }

    /** Gives bytes back that were taken and did not come. */
    void giveBack(int count) {
        giveBack(bytes, count);
    }

    private static void giveBack(@Nullable Bucket bucket, int count) {
        if (bucket != null && count > 0) {
            bucket.addTokens(count);
        }
    }
}
