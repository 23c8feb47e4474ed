package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.PriorityGate;
import io.tidepool.agent.chunk.RunningClock;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An origin with manners: every request of this process to it, for bytes, heads and lists, passes here.
 *
 * <pre>
 * a chunk ─▶ {@link Budget} ─▶ turn ({@link PriorityGate}, as wide as {@link Aimd} says) ─┬─▶ {@link Pause} ─▶ {@link Hedging} ─▶ origin
 * a head, a list ─▶ {@link Budget} ─────────────────────────────────────────┘
 * </pre>
 *
 * <p>Waiting is back-pressure, demand before read-ahead, and is counted by its reason. Somebody who waits for bytes is told
 * why none came when his patience ends; read-ahead has no patience to lose. Thread-safe.
 */
public final class PacedOrigin implements Origin {
    private static final long READ_AHEAD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Origin origin;
    private final OriginLimits limits;
    private final Metrics metrics;
    private final Budget budget;
    private final Aimd aimd;
    private final PriorityGate gate;
    private final Pause pause = new Pause(System::nanoTime);
    private final Hedging reads;
    private final Hedging heads;

    /** @param origin closed with this */
    public PacedOrigin(Origin origin, OriginLimits limits, Metrics metrics) {
        this.origin = origin;
        this.limits = limits;
        this.metrics = metrics;
        this.budget = new Budget(limits.bytesPerSecond(), limits.requestsPerSecond());
        this.aimd = new Aimd(limits.concurrency(), System::nanoTime);
        this.gate = new PriorityGate(aimd.limit());
        this.reads = new Hedging("read", limits.hedges(), metrics);
        this.heads = new Hedging("head", limits.hedges(), metrics);
        metrics.gauge(Metric.ORIGIN_CONCURRENCY_LIMIT, aimd::limit, origin.name());
    }

    /** How a wait ended: with what was waited for, or with the waiter's patience. */
    private interface Wait {
        boolean within(long nanos) throws InterruptedException;
    }

    /** As {@link Wait}, but the end of the patience is an exception. */
    private interface Queue {
        void await(long nanos) throws ChunkException, InterruptedException;
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        awaitBudget("head of " + key, 0, new FillTicket(Priority.DEMAND), Long.MAX_VALUE);
        awaitPause("head of " + key, Long.MAX_VALUE);
        return heads.run(idle -> sent(() -> Optional.ofNullable(origin.head(key))), mayHedge(() -> 0))
                .orElse(null);
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        awaitBudget("list of " + prefix, 0, new FillTicket(Priority.DEMAND), Long.MAX_VALUE);
        awaitPause("list of " + prefix, Long.MAX_VALUE);
        return sent(() -> origin.list(prefix, delimited, after, limit));
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        Backoff patience = new Backoff(into, OriginSource.DEFAULT_PATIENCE.toNanos());
        read(id, into, new FillTicket(Priority.DEMAND), patience);
    }

    /**
     * As {@link Origin#read}, when it is {@code ticket}'s turn; {@code into} is left to tries of its own.
     *
     * @throws ChunkException also if a demand's turn did not come within the patience that is left
     */
    void read(ChunkId id, Landing into, FillTicket ticket, Backoff patience)
            throws ChunkException, InterruptedException {
        String what =
                "read of " + origin.name() + ":" + Printable.text(id.version().key());
        int bytes = into.missing();
        queue(ticket, patience, left -> awaitBudget(what, bytes, ticket, left));
        boolean sent = false;
        try {
            queue(ticket, patience, left -> awaitTurn(what, ticket, left));
            try {
                awaitPause(what, patience.patienceLeftNanos());
                long start = System.nanoTime();
                sent = true;
                reads.run(idle -> attempt(id, into.another(idle)), mayHedge(into::missing));
                aimd.succeeded(start, bytes, gate.isSaturated());
                gate.setPermits(aimd.limit());
            } finally {
                gate.release();
            }
        } finally {
            if (!sent) {
                budget.giveBack(bytes);
            }
        }
    }

    /** One try; what was paid for and did not come by it is given back, be it that another was faster. */
    private boolean attempt(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        try {
            return sent(() -> land(id, into));
        } finally {
            budget.giveBack(into.remaining());
        }
    }

    /** Read-ahead may stand in a queue for long; a reader who joins it there, or later, finds the patience whole. */
    private static void queue(FillTicket ticket, Backoff patience, Queue queue)
            throws ChunkException, InterruptedException {
        boolean isReadAhead = ticket.priority() == Priority.READ_AHEAD;
        long start = RunningClock.processNanos();
        queue.await(patience.patienceLeftNanos());
        if (isReadAhead) {
            patience.forgive(RunningClock.processNanos() - start);
        }
    }

    private boolean land(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        try {
            origin.read(id, into);
        } catch (ChunkException e) {
            // All bytes came, and then the connection's end was unseemly.
            if (into.remaining() > 0) {
                throw e;
            }
        }
        return true;
    }

    /** Sends one request; once more, if its key was replaced on the way. */
    private <T> T sent(SocketThread.Call<T> call) throws ChunkException, InterruptedException {
        try {
            return observed(call);
        } catch (ChunkException e) {
            if (!KeyRotated.isCauseOf(e)) {
                throw e;
            }
            metrics.increment(Metric.ORIGIN_RETRIES, "key_rotated");
            return observed(call);
        }
    }

    /** Sends one request, and learns from its answer. */
    private <T> T observed(SocketThread.Call<T> call) throws ChunkException, InterruptedException {
        long start = System.nanoTime();
        try {
            T answer = call.run();
            pause.succeeded(start);
            return answer;
        } catch (ChunkException e) {
            if (e.kind() == Kind.THROTTLED) {
                throttled(start, SlowDown.of(e));
            }
            throw e;
        }
    }

    private void throttled(long startedNanos, Duration asked) {
        if (pause.throttled(startedNanos, asked)) {
            metrics.increment(Metric.ORIGIN_PAUSES, asked.isZero() ? "repeated" : "asked");
        }
        aimd.throttled();
        gate.setPermits(aimd.limit());
    }

    private BooleanSupplier mayHedge(IntSupplier bytes) {
        return () -> pause.leftNanos() <= 0 && budget.takeNow(bytes.getAsInt());
    }

    private void awaitBudget(String what, int bytes, FillTicket ticket, long nanos)
            throws ChunkException, InterruptedException {
        if (!budget.isUnlimited()) {
            String why = "this origin's limits allow " + limits.bytesPerSecond() + " bytes and "
                    + limits.requestsPerSecond() + " requests a second (0: any number)";
            await("budget", ticket, nanos, what, why, left -> budget.take(bytes, ticket, left));
        }
    }

    private void awaitTurn(String what, FillTicket ticket, long nanos) throws ChunkException, InterruptedException {
        String why = "at present it is asked for " + aimd.limit() + " chunks at a time";
        await("turn", ticket, nanos, what, why, left -> gate.tryAcquire(ticket, left));
    }

    private void awaitPause(String what, long nanos) throws ChunkException, InterruptedException {
        if (pause.leftNanos() > 0) {
            FillTicket ticket = new FillTicket(Priority.DEMAND);
            String why = "the origin asks for less by throttling, and is left alone";
            await("pause", ticket, nanos, what, why, this::sleepThroughPause);
        }
    }

    private boolean sleepThroughPause(long nanos) throws InterruptedException {
        long end = RunningClock.processNanos() + Math.min(nanos, Long.MAX_VALUE / 2);
        long pauseLeft;
        while ((pauseLeft = pause.leftNanos()) > 0) {
            long left = end - RunningClock.processNanos();
            if (pauseLeft > left) {
                return false;
            }
            Thread.sleep(Duration.ofNanos(pauseLeft));
        }
        return true;
    }

    /** Read-ahead waits on; a reader may join it any time. */
    private void await(String reason, FillTicket ticket, long nanos, String what, String why, Wait wait)
            throws ChunkException, InterruptedException {
        long start = System.nanoTime();
        try {
            boolean isDemand;
            do {
                isDemand = ticket.priority() == Priority.DEMAND;
                if (wait.within(isDemand ? nanos : Math.max(nanos, READ_AHEAD_NANOS))) {
                    return;
                }
            } while (!isDemand);
            throw new ChunkException(Kind.THROTTLED, what + " was not sent, its turn did not come in time: " + why);
        } finally {
            metrics.time(Metric.ORIGIN_WAIT_SECONDS, System.nanoTime() - start, reason);
        }
    }

    @Override
    public void close() {
        origin.close();
    }
}
