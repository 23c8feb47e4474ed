package io.tidepool.agent.peer;

import io.tidepool.agent.peer.tracker.ChunkSums;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What is known so far of one chunk's checksums: it grows while whoever fetches the chunk from the origin reports its
 * blocks, and a fetch from a peer waits here for those that it needs. Thread-safe.
 */
public final class Sums {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private volatile ChunkSums known;

    public Sums(ChunkSums known) {
        this.known = known;
    }

    public ChunkSums known() {
        return known;
    }

    /** The tracker's record as it is now. One that says less than what is known already changes nothing. */
    public void update(ChunkSums record) {
        lock.lock();
        try {
            int[] blocks = known.with(0, record.crc32c()).crc32c();
            OptionalLong crc64 = known.crc64().isPresent() ? known.crc64() : record.crc64();
            known = new ChunkSums(blocks, crc64);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The CRC32C of {@code block}; waits for it for {@code nanos} at most, then it is empty. */
    public OptionalInt awaitBlock(int block, long nanos) throws InterruptedException {
        if (known.blocks() <= block) {
            await(() -> known.blocks() > block, nanos);
        }
        ChunkSums now = known;
        return now.blocks() > block ? OptionalInt.of(now.crc32c()[block]) : OptionalInt.empty();
    }

    /** The CRC64 of the whole chunk; waits for it for {@code nanos} at most, then it is empty. */
    public OptionalLong awaitCrc64(long nanos) throws InterruptedException {
        await(() -> known.crc64().isPresent(), nanos);
        return known.crc64();
    }

    private void await(BooleanSupplier enough, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long deadline = System.nanoTime() + nanos;
            while (!enough.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                grown.await(left, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }
}
