package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads chunks and compares their blocks with the CRC32C in the index. A chunk that is wrong, short or unreadable is
 * dropped and counted; one that is right is marked verified. Thread-safe.
 */
final class ChunkVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);

    private final CacheFiles files;

    ChunkVerifier(CacheFiles files) {
        this.files = files;
    }

    /** A present chunk, pinned, with its record. */
    private record Pinned(ChunkId id, CacheFile owner, PosixFile file, ChunkRecord record) implements AutoCloseable {
        @Override
        public void close() {
            owner.unpin(id.index());
        }
    }

    /** Fills the buffer from its watermark on, block by block, each checked before it is published. */
    boolean fill(ChunkId id, LandingBuffer into) throws InterruptedException {
        try (Pinned chunk = pin(id)) {
            if (chunk == null) {
                return false;
            }
            while (!into.isFull()) {
                if (!fillBlock(chunk, into)) {
                    return false;
                }
            }
            if (chunk.record().hasCrc64()) {
                into.setCrc64(chunk.record().crc64());
            }
            markVerified(chunk);
            return true;
        }
    }

    private boolean fillBlock(Pinned chunk, LandingBuffer into) throws InterruptedException {
        int start = into.watermark();
        int block = start / ChunkLayout.BLOCK_BYTES;
        int before = start - block * ChunkLayout.BLOCK_BYTES;
        ByteBuffer head = before == 0 ? null : ByteBuffer.allocateDirect(before);
        ByteBuffer tail = into.writable();
        tail.limit(Math.min(ChunkLayout.BLOCK_BYTES - before, tail.capacity()));
        if (!check(chunk, block, head, tail)) {
            return false;
        }
        into.advance(tail.limit());
        return true;
    }

    /**
     * Checks every chunk that is present; ends early when the disk fails.
     *
     * @param progress told the bytes checked so far, after each chunk
     */
    VerifyResult verify(ObjectVersion version, LongConsumer progress) throws InterruptedException {
        CacheFile file = files.get(version);
        if (file == null) {
            return new VerifyResult(0, 0, List.of());
        }
        BitSet present = file.presentChunks();
        ByteBuffer block = ByteBuffer.allocateDirect(ChunkLayout.BLOCK_BYTES);
        List<Integer> dropped = new ArrayList<>();
        int chunks = 0;
        long bytes = 0;
        for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
            if (!files.health().mayRead()) {
                break;
            }
            ChunkId id = version.chunk(i);
            if (!file.isPresent(i)) {
                continue; // evicted meanwhile
            }
            if (!verify(id, block) && !file.isPresent(i)) {
                dropped.add(i);
                // Each of them: who verifies wants to know, and the log's own lines name one a minute.
                LOG.warn("verify dropped a bad chunk: {}", id);
            }
            chunks++;
            bytes += id.length();
            progress.accept(bytes);
        }
        return new VerifyResult(chunks, bytes, dropped);
    }

    private boolean verify(ChunkId id, ByteBuffer scratch) throws InterruptedException {
        try (Pinned chunk = pin(id)) {
            if (chunk == null) {
                return false;
            }
            for (int block = 0; block < chunk.record().blockCrc32c().length; block++) {
                int length = Math.min(ChunkLayout.BLOCK_BYTES, id.length() - block * ChunkLayout.BLOCK_BYTES);
                if (!check(chunk, block, null, scratch.clear().limit(length))) {
                    return false;
                }
            }
            markVerified(chunk);
            return true;
        }
    }

    /** Reads one block into {@code head}, if there is one, and {@code tail}; drops the chunk if that isn't the block. */
    private boolean check(Pinned chunk, int block, @Nullable ByteBuffer head, ByteBuffer tail)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CRC32C crc = new CRC32C();
        long position = chunk.id().offset() + (long) block * ChunkLayout.BLOCK_BYTES;
        try {
            boolean whole = head == null || read(chunk, head, position, crc);
            whole = whole && read(chunk, tail, head == null ? position : position + head.capacity(), crc);
            if (!whole) {
                chunk.owner().lost(chunk.id(), "short_read", "the file ends within the chunk");
                return false;
            }
        } catch (IOException e) {
            chunk.owner().unreadable(chunk.id(), e);
            return false;
        }
        files.health().read();
        if ((int) crc.getValue() != chunk.record().blockCrc32c()[block]) {
            files.trouble().corrupt(chunk.id(), block);
            chunk.owner().drop(chunk.id().index());
            return false;
        }
        return true;
    }

    private static boolean read(Pinned chunk, ByteBuffer into, long position, CRC32C crc) throws IOException {
        chunk.file().read(into, position);
        if (into.hasRemaining()) {
            return false;
        }
        crc.update(into.flip());
        return true;
    }

    private @Nullable Pinned pin(ChunkId id) {
        CacheFile owner = files.get(id.version());
        if (owner == null) {
            return null;
        }
        PosixFile file;
        try {
            file = owner.pin(id.index(), true);
        } catch (IOException e) {
            owner.notOpened(id.index(), e);
            return null;
        }
        if (file == null) {
            return null;
        }
        ChunkRecord record = record(id, owner);
        if (record == null) {
            owner.unpin(id.index());
            return null;
        }
        return new Pinned(id, owner, file, record);
    }

    private @Nullable ChunkRecord record(ChunkId id, CacheFile owner) {
        try {
            ChunkRecord record = files.index().chunk(id);
            if (record != null && record.blockCrc32c().length == ChunkLayout.blockCount(id.length())) {
                return record;
            }
            owner.lost(id, "no_record", "the index has no checksums of it");
        } catch (IOException e) {
            files.trouble().notReadable(id, e);
        }
        return null;
    }

    private void markVerified(Pinned chunk) {
        try {
            chunk.owner().markVerified(chunk.id(), chunk.record());
        } catch (IOException e) {
            files.trouble().other("verified", "can't save that a chunk was verified", e);
        }
    }
}
