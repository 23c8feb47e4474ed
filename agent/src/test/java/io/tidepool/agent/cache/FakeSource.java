package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.origin.Crc64;
import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** An origin in memory that lets bytes through one block at a time, when the test says so, and notes what it was asked. */
public final class FakeSource implements ChunkSource {
    private static final int STEP = 1 << 20;

    public final List<ChunkId> asked = new CopyOnWriteArrayList<>();
    /** Of the last fill that was asked for. */
    public volatile @Nullable FillTicket ticket;

    private final Semaphore steps = new Semaphore(0);
    private volatile @Nullable ChunkException failure;
    private volatile int flippedOffset = -1;

    public void allow(int count) {
        steps.release(count);
    }

    public void allowAll() {
        steps.release(1_000_000);
    }

    public void failNext(Kind kind) {
        failure = new ChunkException(kind, "as the test wants");
        steps.release();
    }

    public void recover() {
        failure = null;
    }

    /** Serves a wrong byte from now on, as an origin may. */
    public void flip(int offsetInChunk) {
        flippedOffset = offsetInChunk;
    }

    @Override
    public Tier tier() {
        return Tier.ORIGIN;
    }

    @Override
    public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws ChunkException, InterruptedException {
        asked.add(id);
        this.ticket = ticket;
        Crc64 crc64 = new Crc64();
        while (!into.isFull()) {
            steps.acquire();
            ChunkException why = failure;
            if (why != null) {
                throw why;
            }
            int start = into.watermark();
            int count = Math.min(STEP, into.length() - start);
            ByteBuffer to = into.writable().limit(count);
            SyntheticBytes.fill(id.version().key(), 1, id.offset() + start, to);
            to.flip();
            if (flippedOffset >= start && flippedOffset < start + count) {
                to.put(flippedOffset - start, (byte) ~to.get(flippedOffset - start));
            }
            crc64.update(to.duplicate());
            into.advance(count);
        }
        into.setCrc64(crc64.value());
        return true;
    }
}
