package io.tidepool.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * File contents that are a function of (seed, offset): one compare tells a wrong file, a mixed version, a shifted offset and
 * zero fill apart, and a file of any size needs no memory.
 */
final class Pattern {
    private Pattern() {}

    /** Fills the buffer's remaining bytes with the content at {@code offset} and on. */
    static void fill(long seed, long offset, ByteBuffer dst) {
        dst.order(ByteOrder.LITTLE_ENDIAN);
        while (dst.hasRemaining()) {
            if ((offset & 7) == 0 && dst.remaining() >= 8) {
                dst.putLong(word(seed, offset >>> 3));
                offset += 8;
            } else {
                dst.put(at(seed, offset));
                offset++;
            }
        }
    }

    /** The first offset at which the buffer's remaining bytes differ from the content, or -1. */
    static long mismatch(long seed, long offset, ByteBuffer actual) {
        ByteBuffer expected = ByteBuffer.allocate(actual.remaining());
        fill(seed, offset, expected);
        int index = expected.flip().mismatch(actual);
        return index < 0 ? -1 : offset + index;
    }

    static byte at(long seed, long offset) {
        return (byte) (word(seed, offset >>> 3) >>> ((offset & 7) * 8));
    }

    private static long word(long seed, long index) {
        long x = (index + 1) * 0x9E3779B97F4A7C15L + seed * 0xD1B54A32D192ED03L;
        x = (x ^ (x >>> 29)) * 0xBF58476D1CE4E5B9L;
        return x ^ (x >>> 32);
    }
}
