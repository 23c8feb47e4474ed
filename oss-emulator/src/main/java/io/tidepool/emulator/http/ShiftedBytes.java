package io.tidepool.emulator.http;

import io.tidepool.emulator.store.ObjectBody;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body whose every byte stands {@code shift} bytes before its place; behind the last byte comes the first. */
final class ShiftedBytes implements ObjectBody {

    private final ObjectBody right;
    private final long shift;
    private final long size;

    /** @param size of the whole object */
    ShiftedBytes(ObjectBody right, long shift, long size) {
        this.right = right;
        this.shift = shift;
        this.size = size;
    }

    @Override
    public void fill(long offset, ByteBuffer dst) throws IOException {
        int end = dst.limit();
        while (dst.position() < end) {
            long from = Math.floorMod(offset + shift, size);
            int length = (int) Math.min(end - dst.position(), size - from);
            right.fill(from, dst.limit(dst.position() + length));
            offset += length;
        }
        dst.limit(end);
    }

    @Override
    public void close() throws IOException {
        right.close();
    }
}
