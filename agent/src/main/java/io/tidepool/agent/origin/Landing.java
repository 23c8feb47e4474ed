package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;

/**
 * One try at bringing what is missing of a chunk into its landing buffer. Not thread-safe, but tries at the same chunk
 * may race each other:
 *
 * <pre>
 *   0            watermark                  length
 *   |##### landed ####|....... to come .......|
 *   try A ------&gt;|                                 stalled: what it brings next lies below the watermark
 *   try B ------------&gt;|                           in the lead: lands its bytes, and moves the watermark
 * </pre>
 *
 * <p>Each counts its own position, and lands only what lies beyond the watermark, under a lock: the buffer has one
 * filler at a time, no byte lands twice, and the chunk's CRC64 is summed in order. After {@link #close} nothing lands any
 * more, so a try that can't be ended need not be waited for.
 */
public final class Landing {
    private final Chunk chunk;
    private final Idle idle;
    private int position;

    /** What all tries at a chunk share; the lock is its monitor. */
    private static final class Chunk {
        private final LandingBuffer buffer;
        private final Crc64 crc64 = new Crc64();
        private boolean closed;

        private Chunk(LandingBuffer buffer) {
            this.buffer = buffer;
            crc64.update(buffer.landed());
        }

        private synchronized void land(int at, byte[] piece, int count) throws InterruptedException {
            int behind = buffer.watermark() - at;
            if (closed || behind > ChunkLayout.BLOCK_BYTES) {
                throw new InterruptedException("nobody waits for these bytes");
            }
            if (behind < count) {
                int fresh = count - behind;
                buffer.writable().put(piece, behind, fresh);
                crc64.update(buffer.writable().limit(fresh));
                buffer.advance(fresh);
            }
        }

        private synchronized void close() {
            closed = true;
        }

        private synchronized long crc64() {
            return crc64.value();
        }
    }

    /** The first try; what another source landed before is summed now. */
    public Landing(LandingBuffer buffer) {
        this(new Chunk(buffer), new Idle());
    }

    private Landing(Chunk chunk, Idle idle) {
        this.chunk = chunk;
        this.idle = idle;
        this.position = chunk.buffer.watermark();
    }

    /** Another try at the same chunk, from the watermark on. */
    Landing another(Idle others) {
        return new Landing(chunk, others);
    }

    /** Bytes of the chunk before the next one of this try. */
    public int landed() {
        return position;
    }

    /** Bytes of the chunk that this try has still to bring. */
    public int remaining() {
        return chunk.buffer.length() - position;
    }

    /** Bytes of the chunk that no try has brought. */
    int missing() {
        return chunk.buffer.length() - chunk.buffer.watermark();
    }

    /**
     * Takes the next {@code count} bytes of the chunk, the first of {@code piece}: copies, sums and publishes them.
     *
     * @throws InterruptedException if nobody waits for them any more: another try has left this one a block behind, or
     *     the fill has ended
     */
    public void put(byte[] piece, int count) throws InterruptedException {
        chunk.land(position, piece, count);
        position += count;
        idle.end();
    }

    /** From now on no try lands a byte. */
    void close() {
        chunk.close();
    }

    /** CRC64-ECMA of what has landed. */
    public long crc64() {
        return chunk.crc64();
    }
}
