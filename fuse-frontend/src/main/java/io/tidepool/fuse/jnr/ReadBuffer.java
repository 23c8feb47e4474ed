package io.tidepool.fuse.jnr;

import io.tidepool.fuse.MountOptions;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Direct memory for the bytes of one read, with its address. Used by one thread at a time. */
final class ReadBuffer {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MountOptions.MAX_READ_BYTES);
    private final long address = MemorySegment.ofBuffer(buffer).address();

    /** The buffer, ready to take {@code size} bytes from its beginning. */
    ByteBuffer sized(int size) {
        return buffer.clear().limit(size);
    }

    long address() {
        return address;
    }
}
