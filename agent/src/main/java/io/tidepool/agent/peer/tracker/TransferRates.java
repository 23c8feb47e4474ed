package io.tidepool.agent.peer.tracker;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How the transfers of one host from others fare, beside each other: a source is slow only where another does better.
 * Thread-safe.
 */
public final class TransferRates {
    /** Nothing for that long, while something came from others, is slow. */
    static final long STALL_NANOS = 1_500_000_000L;
    /** Nothing for that long is slow in any case. */
    static final long SILENT_NANOS = 5_000_000_000L;
    /** Before that its rate says nothing. */
    static final long YOUNG_NANOS = 2_000_000_000L;
    /** Below this part of the others' rate is slow. */
    static final double SLOW_PART = 0.25;
    /**
     * So is one below this part when others would be done, if what is left takes {@link #LATE_NANOS} longer than it would at
     * their rate. Before that, transfers that share links differ as much by chance.
     */
    static final double LATE_PART = 0.5;

    static final long LATE_NANOS = 5_000_000_000L;

    /**
     * A chunk for which a source was too slow has so many times the patience with the next that has all of it, and again with
     * the one after, up to the square, but for {@link #SILENT_NANOS}: it may be this host's link that is slow. A new connection
     * begins with less of it than those that have it already, and each one that is given up takes the part of a block with it
     * that it brought.
     */
    private static final int PATIENCE = 2;

    /** A block on the way is told of when it has landed. */
    private static final int ON_THE_WAY = 1;

    private static final int REMEMBERED = 16;
    /** How others fared so long ago says nothing. */
    private static final long OLD_NANOS = 30_000_000_000L;
    /** A transfer younger than that is no measure for others. */
    private static final long MEASURE_NANOS = 100_000_000L;

    private final Set<Transfer> running = new LinkedHashSet<>();
    private final Deque<Ended> ended = new ArrayDeque<>();
    /** When the last one that ended got something. */
    private long endedProgressAt;

    /** @param rate in bytes a nanosecond */
    private record Ended(double rate, long at) {}

    /** What a source has to give, as far as is known. */
    public enum Supply {
        /** All of the chunk. */
        WHOLE,
        /** Not all, but more has left the origin than it gave: where it fetches itself, or its link, may be slow. */
        RELAY,
        /** It gave what is known to have left the origin, a block on the way aside: that is what it waits for. */
        DRY;

        /**
         * Of a source that gave so many blocks.
         *
         * @param whole whether it has all of the chunk
         * @param known blocks that have left the origin
         * @param all blocks of the chunk
         */
        public static Supply of(boolean whole, int given, int known, int all) {
            int onTheWay = whole || known == all ? 0 : ON_THE_WAY;
            return known - given <= onTheWay ? DRY : whole ? WHOLE : RELAY;
        }
    }

    /**
     * One transfer of so many bytes begins.
     *
     * @param slowBefore how many sources were too slow for the same chunk since its last block landed
     */
    public synchronized Transfer begin(int missingBytes, int slowBefore, long nowNanos) {
        int patience = slowBefore == 0 ? 1 : slowBefore == 1 ? PATIENCE : PATIENCE * PATIENCE;
        Transfer transfer = new Transfer(missingBytes, patience, nowNanos);
        running.add(transfer);
        return transfer;
    }

    /** One running transfer; {@link #end} must be called. */
    public final class Transfer {
        private final int length;
        private final int patience;
        private final long startedAt;
        private int bytes;
        private long progressAt;
        /** Since when its source has had something to give, and what it had given by then. */
        private long suppliedSince;

        private int bytesBefore;

        private Transfer(int length, int patience, long now) {
            this.length = length;
            this.patience = patience;
            startedAt = now;
            progressAt = now;
            suppliedSince = now;
        }

        /**
         * Says how far it came, and whether its source should be given up for another.
         *
         * @param receivedBytes since it began
         * @param supply of its source. What waits for the origin is not slow for that, but for long silence only; nor is what
         *     may wait itself, until others would be done. (At 200 Mbit/s a block takes a second where many share a link, and
         *     from each host of a chain to the next.)
         */
        public boolean isTooSlow(int receivedBytes, Supply supply, long nowNanos) {
            synchronized (TransferRates.this) {
                if (receivedBytes > bytes) {
                    bytes = receivedBytes;
                    progressAt = nowNanos;
                }
                long silent = nowNanos - progressAt;
                if (silent >= SILENT_NANOS) {
                    return true;
                }
                if (supply == Supply.DRY) {
                    suppliedSince = nowNanos;
                    bytesBefore = bytes;
                    return false;
                }
                long age = nowNanos - suppliedSince;
                long stalled = Math.min(silent, age);
                boolean whole = supply == Supply.WHOLE;
                boolean young = age < (whole ? patience : 1) * YOUNG_NANOS;
                boolean stands = whole && stalled >= patience * STALL_NANOS;
                if (young && !stands) {
                    return false;
                }
                double others = medianOfOthers(this, nowNanos);
                if (stands) {
                    return othersProgress(this, nowNanos - stalled);
                }
                double rate = (double) (bytes - bytesBefore) / Math.max(1, age);
                return !young && ((whole && rate < SLOW_PART * others) || isLate(age, rate, others));
            }
        }

        private boolean isLate(long age, double rate, double others) {
            return age >= length / others
                    && rate < LATE_PART * others
                    && (length - bytes) * (1 / rate - 1 / others) > LATE_NANOS;
        }

        /** It is over. */
        public void end(int receivedBytes, long nowNanos) {
            synchronized (TransferRates.this) {
                if (receivedBytes > bytes) {
                    bytes = receivedBytes;
                    progressAt = nowNanos;
                }
                if (running.remove(this) && bytes > 0) {
                    endedProgressAt = ended.isEmpty() ? progressAt : Math.max(endedProgressAt, progressAt);
                    ended.addLast(new Ended(rate(nowNanos), nowNanos));
                    if (ended.size() > REMEMBERED) {
                        ended.removeFirst();
                    }
                }
            }
        }

        private double rate(long now) {
            return (double) bytes / Math.max(1, now - startedAt);
        }
    }

    /** Whether another one got something after {@code sinceNanos}. */
    private boolean othersProgress(Transfer transfer, long sinceNanos) {
        if (!ended.isEmpty() && endedProgressAt - sinceNanos > 0) {
            return true;
        }
        for (Transfer other : running) {
            if (other != transfer && other.bytes > 0 && other.progressAt - sinceNanos > 0) {
                return true;
            }
        }
        return false;
    }

    /** In bytes a nanosecond; 0 if there are none. Asked ten times a second for each transfer: no streams here. */
    private double medianOfOthers(Transfer transfer, long now) {
        double[] rates = new double[running.size() + ended.size()];
        int count = 0;
        for (Transfer other : running) {
            if (other != transfer && now - other.startedAt >= MEASURE_NANOS) {
                rates[count++] = other.rate(now);
            }
        }
        for (Ended other : ended) {
            if (now - other.at < OLD_NANOS) {
                rates[count++] = other.rate;
            }
        }
        Arrays.sort(rates, 0, count);
        return count == 0 ? 0 : rates[count / 2];
    }
}
