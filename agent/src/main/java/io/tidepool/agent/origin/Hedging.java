package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request a second time when the first has stalled: the one that succeeds first wins, the others are aborted.
 *
 * <p>A share of all requests may be such hedges, and a few more at once: when everything stalls, hedging is no help and
 * twice the load. Each is counted, and so is each that the budget forbids. Thread-safe.
 */
final class Hedging {
    /** A hedge may stall like the request it hedges: one in 20 of one in 20, often enough to be seen at the p99. */
    private static final int MAX_CONTENDERS = 3;

    private static final double BURST = 8;

    private final String operation;
    private final double share;
    private final Metrics metrics;
    private final Gaps gaps = new Gaps();
    private double tokens = BURST;

    /** @param share of the requests that may be hedges, 0 for none */
    Hedging(String operation, double share, Metrics metrics) {
        this.operation = operation;
        this.share = share;
        this.metrics = metrics;
    }

    /** One try; it tells {@code idle} whenever something comes. */
    interface Attempt<T> {
        T run(Idle idle) throws ChunkException, InterruptedException;
    }

    /**
     * Runs {@code attempt}, on threads of its own if it may be hedged; when interrupted, returns at once.
     *
     * @param allowed asked when there is reason for a hedge and it may be sent; if it says yes, it is sent
     */
    <T> T run(Attempt<T> attempt, BooleanSupplier allowed) throws ChunkException, InterruptedException {
        return share > 0 ? new Race<>(attempt, allowed).run() : attempt.run(new Idle());
    }

    private synchronized void earn(double count) {
        tokens = Math.min(BURST, tokens + count);
    }

    private synchronized boolean pay() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    private void count(String result) {
        metrics.increment(Metric.ORIGIN_HEDGES, operation, result);
    }

    /** One request and its hedges. It belongs to the caller's thread. */
    private final class Race<T> {
        private final Attempt<T> attempt;
        private final BooleanSupplier allowed;
        private final Idle idle = new Idle();
        private final BlockingQueue<FutureTask<T>> ended = new LinkedBlockingQueue<>();
        private final List<FutureTask<T>> contenders = new ArrayList<>();

        Race(Attempt<T> attempt, BooleanSupplier allowed) {
            this.attempt = attempt;
            this.allowed = allowed;
        }

        T run() throws ChunkException, InterruptedException {
            earn(share);
            start();
            @Nullable FutureTask<T> winner = null;
            try {
                @Nullable ExecutionException failure = null;
                for (int over = 0; over < contenders.size(); over++) {
                    FutureTask<T> next = nextEnded();
                    try {
                        T answer = next.get();
                        winner = next;
                        return answer;
                    } catch (ExecutionException e) {
                        // One that was overtaken has less to tell than one that failed.
                        boolean overtaken = e.getCause() instanceof InterruptedException;
                        failure = failure == null || !overtaken ? e : failure;
                    }
                }
                throw SocketThread.failure(failure);
            } finally {
                contenders.forEach(c -> c.cancel(true));
                settle(winner);
            }
        }

        private void start() {
            FutureTask<T> task = new FutureTask<>(() -> attempt.run(idle)) {
                @Override
                protected void done() {
                    ended.add(this);
                }
            };
            contenders.add(task);
            SocketThread.start(task);
        }

        private FutureTask<T> nextEnded() throws InterruptedException {
            boolean mayHedge = true;
            while (mayHedge && contenders.size() < MAX_CONTENDERS) {
                long left = gaps.stallNanos() - idle.nanos();
                FutureTask<T> task = ended.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
                if (task != null) {
                    return task;
                }
                mayHedge = left > 0 || hedge();
            }
            return ended.take();
        }

        private boolean hedge() {
            if (!pay()) {
                count("no_budget");
                return false;
            }
            if (!allowed.getAsBoolean()) {
                earn(1);
                count("not_now");
                return false;
            }
            idle.end();
            start();
            return true;
        }

        private void settle(@Nullable FutureTask<T> winner) {
            if (contenders.getFirst().equals(winner)) {
                idle.end();
                gaps.add(idle.longestNanos());
            }
            for (FutureTask<T> hedge : contenders.subList(1, contenders.size())) {
                count(hedge.equals(winner) ? "won" : "lost");
            }
        }
    }
}
