package io.tidepool.agent.memory;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.PriorityGate;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The one bounded pool of landing memory. Waiting for a buffer is the back-pressure of the whole agent.
 *
 * <p>Buffers of a chunk's size are allocated at first use and kept. Thread-safe.
 */
public final class LandingPool {
    private final PriorityGate gate;
    private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();
    private final Metrics metrics;
    private final int buffers;

    /** @param limitBytes at least one chunk; rounded down to whole chunks */
    public LandingPool(long limitBytes, Metrics metrics) {
        this.buffers = Math.toIntExact(limitBytes / ChunkLayout.CHUNK_BYTES);
        if (buffers < 1) {
            throw new IllegalArgumentException("landing memory of " + limitBytes + " bytes holds no chunk of "
                    + ChunkLayout.CHUNK_BYTES + " bytes");
        }
        this.gate = new PriorityGate(buffers);
        this.metrics = metrics;
        metrics.gauge(Metric.LANDING_BYTES, this::usedBytes);
        metrics.gauge(Metric.LANDING_LIMIT_BYTES, () -> (double) buffers * ChunkLayout.CHUNK_BYTES);
    }

    /** Waits for memory for {@code buffer}; the caller owes a {@link #release}. */
    public void lend(LandingBuffer buffer, FillTicket ticket) throws InterruptedException {
        long start = System.nanoTime();
        gate.acquire(ticket);
        metrics.time(
                Metric.LANDING_WAIT_SECONDS,
                System.nanoTime() - start,
                ticket.priority().name().toLowerCase(Locale.ROOT));
        ByteBuffer memory = idle.pollFirst();
        buffer.attach(memory == null ? allocate() : memory);
    }

    private ByteBuffer allocate() {
        try {
            return ByteBuffer.allocateDirect(ChunkLayout.CHUNK_BYTES);
        } catch (OutOfMemoryError e) {
            gate.release();
            throw e;
        }
    }

    /** Takes the memory back from a buffer that nobody reads or fills any more; does nothing if it has none. */
    public void release(LandingBuffer buffer) {
        ByteBuffer memory = buffer.detach();
        if (memory.capacity() > 0) {
            idle.addFirst(memory);
            gate.release();
        }
    }

    /** How many chunks may land at once. */
    public int buffers() {
        return buffers;
    }

    public long usedBytes() {
        return (long) gate.inUse() * ChunkLayout.CHUNK_BYTES;
    }
}
