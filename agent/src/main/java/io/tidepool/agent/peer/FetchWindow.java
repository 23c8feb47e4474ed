package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.RunningClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many chunks a host in a cell has under way at a time, from others and from the origin: as many as its link carries
 * without any of them taking long.
 *
 * <p>What is under way shares the link. With too many, one that a reader waits for takes too long (at 10 Mbit/s, 16 take two
 * minutes); with too few, the link idles while sources wait themselves. So the window begins small, again after each pause,
 * and each block that lands tells:
 *
 * <ul>
 *   <li>it took over 1.5 s though its source has the whole chunk: a tenth less, for the link is what it waited for. So it is
 *       with one from the origin, which the others wait for as well: what else comes must leave it room;
 *   <li>it took as long and its source is fetching the chunk itself: who of the two waited for what isn't known;
 *   <li>it came sooner, and none was late in the last second: one chunk more, but no more of them than would still
 *       come as soon if they shared what those have that are under way. A chunk from the origin counts as one block, for how
 *       much more the origin would have had for a faster host, nobody knows.
 * </ul>
 *
 * <p>Trackers bound in the same way how many chunks leave the origin at a time ({@code Leases}): a host that takes part in a few
 * has its share of them.
 *
 * <p>Chunks that a reader waits for don't wait here. First come, first served. Where the window has become much smaller than
 * what is under way, as when a link gets slow, the last to come {@linkplain #isOneTooMany give way}. Thread-safe.
 */
final class FetchWindow {
    private static final int LEAST = 2;
    /** More than there are landing buffers, as a rule. */
    private static final int MOST = 64;
    /** A chunk takes eight times that, and a reader may wait for two of them in turn within its deadline of 30 s. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    /** That long after a late block it doesn't grow. */
    private static final long CAUTION_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After that long without a chunk, nobody knows what the link carries. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So many times the window's size may be under way before the last to come give way: it shrinks a little all the time. */
    private static final int SLACK = 2;
    /** A fill becomes urgent without a word to those that hold it up. */
    private static final long POLL_MILLIS = 50;

    /** Each with the time at which it entered, in that order. */
    private final Map<ChunkId, Long> underWay = new LinkedHashMap<>();

    private final Deque<FillTicket> queue = new ArrayDeque<>();
    private double size = LEAST;
    private long lastAt = RunningClock.processNanos();
    private long lateAt = RunningClock.processNanos() - CAUTION_NANOS;

    /** Waits until the chunk may be asked for; {@link #ended} follows. */
    synchronized void enter(ChunkId id, FillTicket ticket) throws InterruptedException {
        queue.addLast(ticket);
        await(id, ticket);
    }

    /** Leaves what is under way, and waits, before all others, until it may be asked for again. */
    synchronized void giveWay(ChunkId id, FillTicket ticket) throws InterruptedException {
        underWay.remove(id);
        lastAt = RunningClock.processNanos();
        queue.addFirst(ticket);
        notifyAll();
        await(id, ticket);
    }

    /**
     * Whether this chunk should give way: it came last of more than twice what the link carries. What is under way then shares
     * the link with what a reader waits for: 16 chunks at 10 Mbit/s leave it one block in 13 s.
     */
    synchronized boolean isOneTooMany(ChunkId id, FillTicket ticket) {
        int most = SLACK * (int) size;
        return underWay.size() > most
                && ticket.priority() != Priority.DEMAND
                && underWay.keySet().stream().limit(most).noneMatch(id::equals);
    }

    private void await(ChunkId id, FillTicket ticket) throws InterruptedException {
        try {
            while (ticket.priority() != Priority.DEMAND && (queue.peekFirst() != ticket || isFullFor(id))) {
                wait(POLL_MILLIS);
            }
            enter(id, RunningClock.processNanos());
        } finally {
            queue.remove(ticket);
            notifyAll();
        }
    }

    /** A chunk that is fetched anew before its fill has ended is in already. */
    private boolean isFullFor(ChunkId id) {
        return underWay.size() >= (int) size && !underWay.containsKey(id);
    }

    /** The chunk is under way from {@code now} on. */
    synchronized void enter(ChunkId id, long now) {
        if (underWay.isEmpty() && now - lastAt >= PAUSE_NANOS) {
            size = LEAST;
        }
        underWay.put(id, now);
    }

    /**
     * The chunk is here, or won't be; nothing happens if it did not enter.
     *
     * @param originBlocks that came from the origin
     */
    synchronized void ended(ChunkId id, int originBlocks, long nowNanos) {
        Long since = underWay.remove(id);
        if (since != null) {
            lastAt = nowNanos;
            if (isLarge(id.length()) && originBlocks > 0 && nowNanos - since <= originBlocks * SOON_NANOS) {
                grow(1, nowNanos);
            }
            notifyAll();
        }
    }

    /**
     * Blocks of a chunk have come from another host.
     *
     * @param nanos how long all of them took
     * @param whole whether the other host has all of the chunk
     */
    synchronized void landed(int blocks, long nanos, boolean whole, long nowNanos) {
        long each = Math.max(1, nanos / blocks);
        if (each <= SOON_NANOS) {
            double carried = Math.ceil((double) SOON_NANOS / each * Math.max(1, underWay.size()));
            grow(Math.clamp(carried - size, 0, blocks), nowNanos);
        } else if (whole) {
            shrink(blocks, nowNanos);
        } else {
            lateAt = nowNanos;
        }
    }

    private void shrink(int by, long now) {
        size = Math.max(LEAST, size * Math.pow(0.9, by));
        lateAt = now;
    }

    private void grow(double by, long now) {
        if (now - lateAt >= CAUTION_NANOS) {
            size = Math.min(MOST, size + by);
            notifyAll();
        }
    }

    /** A small chunk says little of the link. */
    private static boolean isLarge(int length) {
        return length >= ChunkLayout.BLOCK_BYTES;
    }

    synchronized int size() {
        return (int) size;
    }

    /**
     * Begins to watch the blocks of one chunk as they come from another host.
     *
     * @param whole whether that host has all of the chunk; else what it lacks is not this host's link's fault
     */
    Watch watch(ChunkId id, boolean whole, int receivedBytes, long nowNanos) {
        return new Watch(id.length(), whole, receivedBytes, nowNanos);
    }

    /** The blocks of one chunk as they come from the origin. For one thread at a time. */
    final class OriginWatch {
        private final boolean large;
        private boolean began;
        private long since;

        OriginWatch(ChunkId id) {
            this.large = isLarge(id.length());
        }

        void received(int blocks, long nowNanos) {
            if (!large) {
                return;
            }
            // Until the first comes, the chunk waits for its turn, or for the origin.
            if (began && (nowNanos - since) / blocks > SOON_NANOS) {
                synchronized (FetchWindow.this) {
                    shrink(blocks, nowNanos);
                }
            }
            began = true;
            since = nowNanos;
        }
    }

    /** The blocks of one chunk as they come. For one thread. */
    final class Watch {
        private final int length;
        private final boolean whole;
        private int blocks;
        private long since;

        private Watch(int length, boolean whole, int receivedBytes, long nowNanos) {
            this.length = length;
            this.whole = whole;
            this.blocks = blocks(receivedBytes);
            this.since = nowNanos;
        }

        void received(int bytes, long nowNanos) {
            int now = blocks(bytes);
            if (now > blocks && isLarge(length)) {
                landed(now - blocks, nowNanos - since, whole, nowNanos);
                blocks = now;
                since = nowNanos;
            }
        }

        private int blocks(int bytes) {
            return bytes == length ? ChunkLayout.blockCount(length) : bytes / ChunkLayout.BLOCK_BYTES;
        }
    }
}
