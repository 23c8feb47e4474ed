package io.tidepool.emulator.http;

import io.tidepool.emulator.store.ObjectBody;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body with one byte changed (its lowest bit turned over), or with every byte inverted. */
final class WrongBytes implements ObjectBody {

    private final ObjectBody right;
    private final long flippedAt;

    /** @param flippedAt the object offset of the byte to change; negative inverts every byte */
    WrongBytes(ObjectBody right, long flippedAt) {
        this.right = right;
        this.flippedAt = flippedAt;
    }

    @Override
    public void fill(long offset, ByteBuffer dst) throws IOException {
        int start = dst.position();
        int end = dst.limit();
        right.fill(offset, dst);
        if (flippedAt < 0) {
            for (int i = start; i < end; i++) {
                dst.put(i, (byte) ~dst.get(i));
            }
        } else if (flippedAt >= offset && flippedAt < offset + (end - start)) {
            int i = start + (int) (flippedAt - offset);
            dst.put(i, (byte) (dst.get(i) ^ 1));
        }
    }

    @Override
    public void close() throws IOException {
        right.close();
    }
}
