package io.tidepool.bench.index;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.CachedRegion;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The agent's own disk tier, index and accounts included. */
final class FileLayout implements Layout {
    private final DiskTier disk;

    FileLayout(Path directory) throws IOException {
        try {
            disk = DiskTier.open(DiskOptions.of(directory, 1L << 50).keepingFree(0), new Metrics());
        } catch (CacheDirectoryException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void write(ChunkId id, LandingBuffer chunk) throws IOException {
        if (!disk.store(id, chunk)) {
            throw new IOException("not stored: " + id);
        }
    }

    @Override
    public void flush() {
        // The bytes are with the kernel already.
    }

    @Override
    public void read(ChunkId id, int offset, ByteBuffer dst) throws IOException {
        try (CachedRegion region = disk.region(id)) {
            if (region == null) {
                throw new IOException("not cached: " + id);
            }
            region.read(offset, dst);
        }
    }

    @Override
    public void forget(ObjectVersion version) {
        disk.dropAll(version);
    }

    @Override
    public void close() {
        disk.close();
    }
}
