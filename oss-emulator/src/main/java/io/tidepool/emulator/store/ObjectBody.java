package io.tidepool.emulator.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The open bytes of one object version: pinned when opened, so an overwrite meanwhile changes nothing here. Owned by
 * whoever opened it, who closes it; used by one thread at a time.
 */
public interface ObjectBody extends AutoCloseable {

    /** Fills what remains of {@code dst} with the bytes from {@code offset} on. */
    void fill(long offset, ByteBuffer dst) throws IOException;

    /**
     * The cheapest thing a channel can send for these bytes: a {@link ByteBuf} or a {@link FileRegion}. The caller
     * releases it, before closing this.
     */
    default ReferenceCounted slice(ByteBufAllocator allocator, long offset, int length) throws IOException {
        ByteBuf buffer = allocator.directBuffer(length, length);
        try {
            fill(offset, buffer.internalNioBuffer(0, length));
            return buffer.writerIndex(length);
        } catch (IOException | RuntimeException e) {
            buffer.release();
            throw e;
        }
    }

    @Override
    default void close() throws IOException {}
}
