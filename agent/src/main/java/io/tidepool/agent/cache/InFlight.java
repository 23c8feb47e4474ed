package io.tidepool.agent.cache;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.memory.LandingPool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One chunk being filled, shared by everybody who wants it. Thread-safe.
 *
 * <p>Its landing memory goes back to the pool when the last of its holders (the filler, each lease) has let go.
 */
final class InFlight {
    private final ChunkId id;
    private final FillTicket ticket;
    private final LandingBuffer buffer;
    private final LandingPool pool;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final CompletableFuture<FillReport> ended = new CompletableFuture<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile Tier source = Tier.ORIGIN;

    InFlight(ChunkId id, Priority priority, LandingPool pool) {
        this.id = id;
        this.ticket = new FillTicket(priority);
        this.buffer = new LandingBuffer(id.length());
        this.pool = pool;
    }

    ChunkId id() {
        return id;
    }

    FillTicket ticket() {
        return ticket;
    }

    LandingBuffer buffer() {
        return buffer;
    }

    /** Completed, never exceptionally, when the fill has ended and what it brought is on disk if it can be. */
    CompletableFuture<FillReport> ended() {
        return ended;
    }

    /** The source that is filling, or that filled. */
    Tier source() {
        return source;
    }

    void setSource(Tier source) {
        this.source = source;
    }

    /** True for the first caller, who then starts the fill. */
    boolean claimStart() {
        return started.compareAndSet(false, true);
    }

    /** One more holder, and a more urgent fill if the holder is; false if all have let go already. */
    boolean retain(Priority priority) {
        int count;
        do {
            count = holders.get();
            if (count == 0) {
                return false;
            }
        } while (!holders.compareAndSet(count, count + 1));
        if (priority == Priority.DEMAND) {
            ticket.promote();
        }
        return true;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            pool.release(buffer);
        }
    }
}
