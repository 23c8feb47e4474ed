package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a host comes by one chunk with the help of the others: what it does next, given how the last step went. Each step
 * ends in exactly one call, which gives the next one:
 *
 * <pre>
 *   begin ──▶ Ask ──answered──▶ Fetch ──(done: over)
 *              ▲ ▲ │              │ failed
 *              │ │ ├─silent, late─┼────────▶ Origin (fallback)
 *              │ └─┘              │
 *              └──────────────────┘
 *             Ask ──answered──▶ Origin (leased)
 * </pre>
 *
 * <p>It ends: after too many failed sources, or too long without an answer or a byte, the origin is next. Plain state; not
 * thread-safe, and without clock or network.
 */
public final class ChunkFetch {
    /** How long an answer may take before the want is sent again, in case it or its answer was lost. */
    static final long REPEAT_NANOS = 2_500_000_000L;
    /** How long all asks for one answer may take together: more than two trackers let a want wait, one after the other. */
    static final long ANSWER_NANOS = 20_000_000_000L;
    /** No block for that long, whatever the tracker says: the origin, if a reader waits. */
    static final long STALL_NANOS = 30_000_000_000L;
    /** A reader has waited for so long by then; and if others have more of it, that is enough: he has 30 s, and the origin needs some. */
    static final long LACK_NANOS = 10_000_000_000L;
    /** So long if no reader waits: others need the origin more, and a reader who comes makes it urgent. */
    static final long AHEAD_STALL_NANOS = 120_000_000_000L;
    /** So many sources may fail without a block in between. */
    static final int MAX_FAILURES = 8;
    /** A source that was busy so often is as good as broken. */
    static final int BUSY_TIMES = 6;
    /** One that has all of the chunk and was slow so often, too, though now and then a block may have come. */
    static final int SLOW_TIMES = 2;
    /** So many trackers may be silent, one after the other. */
    static final int MAX_SILENT_TRACKERS = 2;

    /** What to do next. */
    public sealed interface Step {
        /**
         * Ask the tracker: then {@link #answered}, {@link #late} at {@link #lateAtNanos}, or {@link #trackerSilent}.
         */
        record Ask(Want want) implements Step {}

        /**
         * Fetch what is missing from {@code host}: then {@link #failed}, or all is well.
         *
         * @param whole whether the host has all of it; else it gives what lands there
         * @param slowBefore how many sources were too slow since the last block landed
         */
        record Fetch(PeerHost host, ChunkSums record, boolean whole, int slowBefore) implements Step {}

        /** Fetch what is missing from the origin; {@code why} is null under a lease. */
        record Origin(@Nullable Fallback why) implements Step {
            public boolean isLeased() {
                return why == null;
            }
        }
    }

    private final int chunk;
    private boolean demand;
    private long demandSince;
    private final List<Failure> failures = new ArrayList<>();
    private final Map<String, Integer> busyTimes = new HashMap<>(0);
    private final Map<String, Integer> slowTimes = new HashMap<>(0);
    private int landedBlocks;
    private long progressAt;
    /** Since when others are known to have more than this host, if they do. */
    private long lackSince;

    private boolean lacks;
    /** Since the last block landed. */
    private int fruitless;

    /** Since the last block landed, too. */
    private int slowSources;

    /** Whether the source of the last {@link Step.Fetch} has all of it. */
    private boolean fromWhole;

    private int silentTrackers;
    private long askedAt;
    private long lateAt;

    /** @param chunk index in the object */
    public ChunkFetch(int chunk, boolean demand, int landedBlocks, long nowNanos) {
        this.chunk = chunk;
        this.demand = demand;
        this.demandSince = nowNanos;
        this.landedBlocks = landedBlocks;
        this.progressAt = nowNanos;
    }

    /** The first step. */
    public Step begin(long nowNanos) {
        return ask(nowNanos);
    }

    /** A reader waits for it now, and there is no answer to the last {@link Step.Ask} yet. */
    public Step promote(long nowNanos) {
        setDemand(nowNanos);
        return new Step.Ask(want());
    }

    /** A reader waits for it, since now at the latest; the next {@link Step.Ask} says so. */
    public void setDemand(long nowNanos) {
        if (!demand) {
            demand = true;
            demandSince = nowNanos;
        }
    }

    /** When the answer to the last {@link Step.Ask} is late. */
    public long lateAtNanos() {
        return lateAt;
    }

    public Step answered(Answer answer) {
        silentTrackers = 0;
        return switch (answer) {
            case Answer.Lease _ -> new Step.Origin(null);
            case Answer.From from -> {
                fromWhole = from.whole();
                yield new Step.Fetch(from.host(), from.record(), from.whole(), slowSources);
            }
        };
    }

    /** There is no answer at {@link #lateAtNanos}, though the tracker lives. */
    public Step late(long nowNanos) {
        if (nowNanos - askedAt >= ANSWER_NANOS) {
            return new Step.Origin(Fallback.NO_ANSWER);
        }
        lateAt = Math.min(nowNanos + REPEAT_NANOS, askedAt + ANSWER_NANOS);
        return new Step.Ask(want());
    }

    /** The tracker that was asked is silent or gone; the caller leaves it out of its view from now on. */
    public Step trackerSilent(long nowNanos) {
        silentTrackers++;
        return silentTrackers >= MAX_SILENT_TRACKERS ? new Step.Origin(Fallback.TRACKER_SILENT) : ask(nowNanos);
    }

    /**
     * The source of the last {@link Step.Fetch} failed.
     *
     * @param landed blocks that are here now
     * @param known blocks that have left the origin, as far as is known
     */
    public Step failed(PeerHost source, Reason reason, int landed, int known, long nowNanos) {
        if (landed > landedBlocks) {
            landedBlocks = landed;
            progressAt = nowNanos;
            fruitless = 0;
            slowSources = 0;
            lacks = false;
        }
        if (known > landedBlocks && !lacks) {
            lacks = true;
            lackSince = nowNanos;
        }
        if (reason == Reason.SLOW) {
            slowSources++;
        }
        boolean asGoodAsBroken = switch (reason) {
            case BUSY -> busyTimes.merge(source.id(), 1, Integer::sum) >= BUSY_TIMES;
            // A relay may be slow for as long as the origin is.
            case SLOW -> fromWhole && slowTimes.merge(source.id(), 1, Integer::sum) >= SLOW_TIMES;
            default -> false;
        };
        Reason counted = asGoodAsBroken ? Reason.BROKEN : reason;
        failures.removeIf(failure -> failure.host().equals(source.id()));
        failures.add(new Failure(source.id(), counted));
        // Where all wait for the origin, sources are slow for a long time, and where all load at once, many are busy;
        // the origin would be slower yet.
        if (counted != Reason.SLOW && counted != Reason.BUSY) {
            fruitless++;
        }
        if (fruitless > MAX_FAILURES) {
            return new Step.Origin(Fallback.SOURCES_FAILED);
        }
        return isStalled(nowNanos) ? new Step.Origin(Fallback.STALLED) : ask(nowNanos);
    }

    private boolean isStalled(long now) {
        if (!demand) {
            return now - progressAt >= AHEAD_STALL_NANOS;
        }
        boolean longEnough = now - progressAt >= STALL_NANOS || (lacks && now - lackSince >= LACK_NANOS);
        return longEnough && now - demandSince >= LACK_NANOS;
    }

    /**
     * The last {@link Step.Fetch} was given up for reasons of this host's own, and may go on now.
     *
     * @param landed blocks that are here now
     */
    public Step resumed(int landed, long nowNanos) {
        landedBlocks = landed;
        progressAt = nowNanos;
        lacks = false;
        return ask(nowNanos);
    }

    private Step ask(long now) {
        askedAt = now;
        lateAt = now + REPEAT_NANOS;
        return new Step.Ask(want());
    }

    private Want want() {
        return new Want(chunk, demand, landedBlocks, failures);
    }
}
