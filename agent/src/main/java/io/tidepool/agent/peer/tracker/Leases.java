package io.tidepool.agent.peer.tracker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * All leases that are alive, and how the last ones went: a lease is slow only beside others. When nothing comes from the
 * origin for anybody, none is.
 *
 * <p>All leases share the bucket's link. So here, too, a window says how many there may be at a time: it begins small, and grows as
 * long as blocks come soon. With all of a model under way at once, each block would take as long as the model, and a reader's as well.
 */
final class Leases {
    /**
     * No block for that long, while others got some, is slow. A holder whose connection to the origin stalls asks anew itself
     * by then; and on a link of 75 Mbit/s that many flows share, one may stand still for three seconds.
     */
    private static final long STALL_NANOS = 5_000_000_000L;
    /** Nor is it slow as long as others get less than so many blocks in the time; unless it takes really long. */
    private static final int STALL_BLOCKS = 6;

    /**
     * That is so long. Before its first block, it may take so long in any case: a holder fetches no more at a time than comes in five
     * seconds each, and the chunk waits there for its turn.
     */
    private static final long LONG_STALL_NANOS = 15_000_000_000L;
    /** Before that age its rate says nothing. */
    private static final long YOUNG_NANOS = 1_000_000_000L;
    /** Below this part of what others get is slow. */
    private static final double SLOW_PART = 0.25;

    /** Nothing for anybody for that long: the origin was away, and those that it comes back to last aren't slow for that. */
    private static final long OUTAGE_NANOS = 10_000_000_000L;

    /** So many at a time while nobody knows what the origin's link carries, and at least. */
    private static final int FEW = 4;
    /** More makes no difference. */
    private static final int MANY = 4096;
    /** A block should come within that time after the one before. */
    private static final long SOON_NANOS = 1_500_000_000L;

    /** How much the last block counts for what one usually takes. */
    private static final double NEWS = 0.2;
    /** Chunks whose blocks take that long take several heartbeats. */
    private static final double LONG_NANOS = 4.0 * Tracker.HEARTBEAT_NANOS / 8;

    private static final int REMEMBERED = 16;
    /** How others fared so long ago says nothing. */
    private static final long OLD_NANOS = 30_000_000_000L;

    private final Set<Lease> alive = new LinkedHashSet<>();
    private final Deque<Ended> ended = new ArrayDeque<>();
    /** When the last block came from the origin; 0 if none did. */
    private long blockAt;
    /** When the first came after the last outage. */
    private long flowsSince;
    /** How many the origin's link carries so that blocks come soon. */
    private double window = FEW;
    /** How long a block usually takes. */
    private double blockNanos;

    private record Ended(TrackedHost holder, double blocksPerSecond, long at) {}

    /** @param blocksBefore that the holder has of the chunk already */
    Lease begin(TrackedHost holder, int blocksBefore, long now) {
        Lease lease = new Lease(holder, blocksBefore, now);
        holder.leaseBegins();
        alive.add(lease);
        return lease;
    }

    /** So many blocks of its chunk have landed. */
    void landed(Lease lease, int blocks, long now) {
        if (blockAt == 0 || now - blockAt >= OUTAGE_NANOS) {
            flowsSince = now;
        }
        blockAt = now;
        int more = blocks - lease.landedBlocks();
        // Until the first comes, the chunk waits for its turn at its holder.
        if (more > 0 && lease.blocks() > 0) {
            adjust(more, Math.max(1, (now - lease.progressAt()) / more));
        }
        lease.landed(blocks, now);
    }

    private void adjust(int blocks, long nanosEach) {
        blockNanos += NEWS * (Math.min(nanosEach, SOON_NANOS) - blockNanos);
        if (nanosEach <= SOON_NANOS) {
            double carried = (double) SOON_NANOS / nanosEach * alive.size();
            window = Math.min(MANY, window + Math.clamp(carried - window, 0, blocks));
        } else {
            window = Math.max(FEW, window * Math.pow(0.9, blocks));
        }
    }

    /** Whether more than there are would only make the blocks of all late. */
    boolean areEnough() {
        return alive.size() >= (int) window;
    }

    /** Whether chunks from the origin take so long that what hosts report of themselves is still true when it is used. */
    boolean takeLong() {
        return blockNanos >= LONG_NANOS;
    }

    /** @param whole whether it ended with the whole chunk */
    void end(Lease lease, boolean whole, long now) {
        alive.remove(lease);
        lease.holder().leaseEnded(whole, now);
        if (whole && lease.blocksPerSecond(now) > 0) {
            ended.addLast(new Ended(lease.holder(), lease.blocksPerSecond(now), now));
            if (ended.size() > REMEMBERED) {
                ended.removeFirst();
            }
        }
    }

    int size() {
        return alive.size();
    }

    /**
     * Whether {@code host} has as many leases as it makes good use of where others load as well: one, and one more for each
     * that it was done with in the last second or two.
     *
     * <p>All leases share the bucket's and their host's links: the fewer there are, the sooner their first blocks come, which
     * all others wait for to pass them on. And one that is first to ask would have all of a small model.
     */
    boolean hasEnough(TrackedHost host, long now) {
        return host.leases() >= 1 + host.leasesDone(now);
    }

    /** Whether other hosts fare much better at the origin. */
    boolean isSlow(Lease lease, long now) {
        double median = medianOfOthers(lease, now);
        double stall = lease.blocks() == 0
                ? LONG_STALL_NANOS
                : Math.clamp(STALL_BLOCKS * 1e9 / median, STALL_NANOS, LONG_STALL_NANOS);
        if (timeSince(lease.progressAt(), now) >= stall) {
            return othersProgress(lease, now);
        }
        long flowed = timeSince(lease.since(), now);
        return flowed >= stall && lease.blocks() * 1e9 / flowed < SLOW_PART * median;
    }

    /** As far as the origin was there. */
    private long timeSince(long then, long now) {
        return Math.min(now - then, now - flowsSince);
    }

    private boolean othersProgress(Lease lease, long now) {
        boolean othersLeft = alive.stream().anyMatch(other -> other.holder() != lease.holder());
        // One that has not begun is only looked at after so long that the others may be done with all of theirs.
        long endedWithin = lease.blocks() == 0 && !othersLeft ? LONG_STALL_NANOS + STALL_NANOS : STALL_NANOS;
        return alive.stream()
                        .anyMatch(other -> other.holder() != lease.holder()
                                && other.blocksPerSecond(now) > 0
                                && now - other.progressAt() < STALL_NANOS)
                || ended.stream().anyMatch(other -> other.holder != lease.holder() && now - other.at < endedWithin);
    }

    /** Of those that get anything; 0 if there are none. */
    private double medianOfOthers(Lease lease, long now) {
        double[] rates = DoubleStream.concat(
                        alive.stream()
                                .filter(other -> other.holder() != lease.holder() && other.ageNanos(now) >= YOUNG_NANOS)
                                .mapToDouble(other -> other.blocksPerSecond(now))
                                .filter(rate -> rate > 0),
                        ended.stream()
                                .filter(other -> other.holder != lease.holder() && now - other.at < OLD_NANOS)
                                .mapToDouble(Ended::blocksPerSecond))
                .sorted()
                .toArray();
        return rates.length == 0 ? 0 : rates[rates.length / 2];
    }
}
