package io.tidepool.agent.api;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that {@code Read} fills and sends, used again and again: garbage of 1 MiB an array is what G1 likes least.
 *
 * <p>A call holds one only while it makes and sends one message, never while it waits for its reader. Thread-safe.
 */
final class MessageBuffers {
    private final ConcurrentLinkedDeque<byte[]> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final int bytes;
    private final int maxIdle;

    MessageBuffers(int bytes, int maxIdle) {
        this.bytes = bytes;
        this.maxIdle = maxIdle;
    }

    byte[] take() {
        byte @Nullable [] buffer = idle.pollFirst();
        if (buffer == null) {
            return new byte[bytes];
        }
        idleCount.decrementAndGet();
        return buffer;
    }

    void giveBack(byte[] buffer) {
        if (idleCount.incrementAndGet() <= maxIdle) {
            idle.addFirst(buffer);
        } else {
            idleCount.decrementAndGet();
        }
    }
}
