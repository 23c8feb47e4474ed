package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import java.nio.ByteBuffer;

/** Landing buffers for tests. */
final class Buffers {
    private Buffers() {}

    static LandingBuffer of(ChunkId id) {
        return new LandingBuffer(ByteBuffer.allocateDirect(id.length()), id.length());
    }

    /** What has landed. */
    static byte[] bytes(LandingBuffer buffer) {
        byte[] bytes = new byte[buffer.watermark()];
        buffer.landed().get(bytes);
        return bytes;
    }
}
