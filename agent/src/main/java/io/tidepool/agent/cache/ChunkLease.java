package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.CachedRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The right to read one chunk until {@link #close}: its bytes are neither evicted nor reused before that.
 *
 * <p>It is either memory that the chunk is landing in, or a region of a cache file. Thread-safe for reading; whoever
 * acquired it closes it, once.
 */
public abstract sealed class ChunkLease implements AutoCloseable {
    private ChunkLease() {}

    /** Whether {@code length} bytes from {@code offset} (both in the chunk) can be read without waiting for a source. */
    public abstract boolean isReady(int offset, int length);

    /**
     * Reads into {@code into} until it is full or the chunk ends, waiting for bytes that have not landed yet.
     *
     * @param offset in the chunk
     * @return where the bytes were found: the farthest tier that had to be waited for
     * @throws ChunkException CORRUPT if the cache file failed (the chunk is forgotten then), or why the fill failed
     */
    public abstract Tier read(int offset, ByteBuffer into, Deadline deadline)
            throws ChunkException, InterruptedException;

    /** Whether the bytes come out of a cache file: when a read of it fails, the chunk is forgotten and may be leased anew. */
    public abstract boolean isOnDisk();

    /**
     * Whether the fill was begun for somebody else, before this lease: its patience may end long before a new reader's
     * time, so what made it fail says little about a fill begun now.
     */
    public abstract boolean isJoined();

    /** As {@link #read}, for bytes that {@link #isReady}: never waits. */
    public abstract Tier readReady(int offset, ByteBuffer into) throws ChunkException;

    @Override
    public abstract void close();

    /** A region of a cache file, pinned against eviction. */
    public static final class OnDisk extends ChunkLease {
        private final CachedRegion region;

        OnDisk(CachedRegion region) {
            this.region = region;
        }

        /** Where the bytes lie; the lease closes it. */
        public CachedRegion region() {
            return region;
        }

        @Override
        public boolean isOnDisk() {
            return true;
        }

        @Override
        public boolean isJoined() {
            return false;
        }

        @Override
        public boolean isReady(int offset, int length) {
            return true;
        }

        @Override
        public Tier read(int offset, ByteBuffer into, Deadline deadline) throws ChunkException {
            return readReady(offset, into);
        }

        @Override
        public Tier readReady(int offset, ByteBuffer into) throws ChunkException {
            int wanted = Math.min(into.remaining(), region.length() - offset);
            try {
                int count = region.read(offset, into);
                if (count < wanted) {
                    throw new ChunkException(
                            Kind.CORRUPT, "cache file ends after " + count + " of " + wanted + " bytes");
                }
            } catch (IOException e) {
                throw new ChunkException(Kind.CORRUPT, "cache file can't be read: " + e.getMessage(), e);
            }
            return Tier.DISK;
        }

        @Override
        public void close() {
            region.close();
        }
    }

    /** Landing memory, which may still be filling. */
    public static final class InMemory extends ChunkLease {
        private final InFlight fill;
        private final boolean joined;

        InMemory(InFlight fill, boolean joined) {
            this.fill = fill;
            this.joined = joined;
        }

        /** What the chunk lands in; its memory is the pool's again once the lease is closed. */
        public LandingBuffer buffer() {
            return fill.buffer();
        }

        /** Completes, never exceptionally, when the fill has ended and what it brought is on disk if it can be. */
        public CompletableFuture<FillReport> ended() {
            return fill.ended();
        }

        @Override
        public boolean isOnDisk() {
            return false;
        }

        @Override
        public boolean isJoined() {
            return joined;
        }

        @Override
        public boolean isReady(int offset, int length) {
            LandingBuffer buffer = fill.buffer();
            return buffer.readable() >= Math.min(buffer.length(), offset + length);
        }

        @Override
        public Tier read(int offset, ByteBuffer into, Deadline deadline) throws ChunkException, InterruptedException {
            LandingBuffer buffer = fill.buffer();
            int until = Math.min(buffer.length(), offset + into.remaining());
            boolean waited = buffer.readable() < until;
            buffer.await(until, deadline);
            readReady(offset, into);
            return waited ? fill.source() : Tier.MEMORY;
        }

        @Override
        public Tier readReady(int offset, ByteBuffer into) {
            fill.buffer().copy(offset, into);
            return Tier.MEMORY;
        }

        @Override
        public void close() {
            fill.release();
        }
    }
}
