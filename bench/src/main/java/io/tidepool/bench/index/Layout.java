package io.tidepool.bench.index;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One way to keep chunks on a disk. Every way keeps a chunk over a killed process once {@link #write} returned. */
interface Layout extends AutoCloseable {
    /** Stores a whole chunk. */
    void write(ChunkId id, LandingBuffer chunk) throws IOException;

    /** Ends a series of writes: nothing stays in buffers of the process. */
    void flush() throws IOException;

    /** Fills what remains of {@code dst}, which is direct, with the chunk's bytes from {@code offset} on. */
    void read(ChunkId id, int offset, ByteBuffer dst) throws IOException;

    /** Forgets a version and gives its space back. */
    void forget(ObjectVersion version) throws IOException;

    @Override
    void close() throws IOException;
}
