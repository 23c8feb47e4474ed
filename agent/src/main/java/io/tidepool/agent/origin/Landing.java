package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.LandingBuffer;
import java.nio.ByteBuffer;

/**
 * A chunk's way from the origin into its landing buffer, over as many tries as it takes, with its running CRC64.
 *
 * <p>What another source landed before is summed at the start. Not thread-safe: it belongs to the filler.
 */
public final class Landing {
    private final LandingBuffer buffer;
    private final Crc64 crc64 = new Crc64();

    public Landing(LandingBuffer buffer) {
        this.buffer = buffer;
        crc64.update(buffer.landed());
    }

    /** Bytes of the chunk that have landed: where the next try goes on. */
    public int landed() {
        return buffer.watermark();
    }

    /** Bytes of the chunk still to come. */
    public int remaining() {
        return buffer.length() - buffer.watermark();
    }

    /** Direct memory for the next bytes, {@link #remaining} long; {@link #advance} publishes them. */
    public ByteBuffer writable() {
        return buffer.writable();
    }

    /** Sums and publishes the next {@code count} bytes, which lie in {@link #writable}. */
    public void advance(int count) {
        crc64.update(buffer.writable().limit(count));
        buffer.advance(count);
    }

    /** Copies, sums and publishes the first {@code count} bytes of {@code piece}. */
    public void put(byte[] piece, int count) {
        buffer.writable().put(piece, 0, count);
        advance(count);
    }

    /** CRC64-ECMA of what has landed. */
    public long crc64() {
        return crc64.value();
    }
}
