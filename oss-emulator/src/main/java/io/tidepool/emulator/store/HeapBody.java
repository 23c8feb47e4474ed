package io.tidepool.emulator.store;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;

/** Bytes on the heap, sent without a copy. */
final class HeapBody implements ObjectBody {

    private final byte[] bytes;

    HeapBody(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public void fill(long offset, ByteBuffer dst) {
        dst.put(bytes, Math.toIntExact(offset), dst.remaining());
    }

    @Override
    public ReferenceCounted slice(ByteBufAllocator allocator, long offset, int length) {
        return Unpooled.wrappedBuffer(bytes, Math.toIntExact(offset), length);
    }
}
