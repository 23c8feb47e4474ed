package io.tidepool.agent.peer.tracker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.DoubleStream;

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

    private static final int REMEMBERED = 16;
    /** A transfer younger than that is no measure for others. */
    private static final long MEASURE_NANOS = 100_000_000L;

    private final Set<Transfer> running = new LinkedHashSet<>();
    private final Deque<Double> ended = new ArrayDeque<>();
    private long lastEndedAt;

    /** One transfer begins. */
    public synchronized Transfer begin(long nowNanos) {
        Transfer transfer = new Transfer(nowNanos);
        running.add(transfer);
        return transfer;
    }

    /** One running transfer; {@link #end} must be called. */
    public final class Transfer {
        private final long startedAt;
        private int bytes;
        private long progressAt;

        private Transfer(long now) {
            startedAt = now;
            progressAt = now;
        }

        /**
         * Says how far it came, and whether its source should be given up for another.
         *
         * @param receivedBytes since it began
         * @param starving whether the source waits itself, as far as is known: it is not whole, or has given all that is
         *     known to have left the origin. Then it is not slow for that, but for long silence only. (At 200 Mbit/s a block
         *     takes a second where many share a link, and from each host of a chain to the next.)
         */
        public boolean isTooSlow(int receivedBytes, boolean starving, long nowNanos) {
            synchronized (TransferRates.this) {
                if (receivedBytes > bytes) {
                    bytes = receivedBytes;
                    progressAt = nowNanos;
                }
                long silent = nowNanos - progressAt;
                if (silent >= SILENT_NANOS) {
                    return true;
                }
                if (starving) {
                    return false;
                }
                if (silent >= STALL_NANOS) {
                    return othersProgress(this, nowNanos - silent);
                }
                return nowNanos - startedAt >= YOUNG_NANOS
                        && rate(nowNanos) < SLOW_PART * medianOfOthers(this, nowNanos);
            }
        }

        /** It is over. */
        public void end(int receivedBytes, long nowNanos) {
            synchronized (TransferRates.this) {
                bytes = receivedBytes;
                if (running.remove(this) && bytes > 0) {
                    lastEndedAt = nowNanos;
                    ended.addLast(rate(nowNanos));
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
        if (!ended.isEmpty() && lastEndedAt - sinceNanos > 0) {
            return true;
        }
        for (Transfer other : running) {
            if (other != transfer && other.bytes > 0 && other.progressAt - sinceNanos > 0) {
                return true;
            }
        }
        return false;
    }

    /** In bytes a nanosecond; 0 if there are none. */
    private double medianOfOthers(Transfer transfer, long now) {
        double[] rates = DoubleStream.concat(
                        running.stream()
                                .filter(other -> other != transfer && now - other.startedAt >= MEASURE_NANOS)
                                .mapToDouble(other -> other.rate(now)),
                        ended.stream().mapToDouble(Double::doubleValue))
                .sorted()
                .toArray();
        return rates.length == 0 ? 0 : rates[rates.length / 2];
    }
}
