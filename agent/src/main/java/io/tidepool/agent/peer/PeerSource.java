package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.PriorityGate;
import io.tidepool.agent.chunk.RunningClock;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.control.Fetching;
import io.tidepool.agent.peer.control.TrackerClient;
import io.tidepool.agent.peer.control.TrackerClient.Reply;
import io.tidepool.agent.peer.tracker.ChunkFetch;
import io.tidepool.agent.peer.tracker.ChunkFetch.Step;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.TransferRates;
import io.tidepool.agent.peer.tracker.TransferRates.Supply;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills chunks from the other hosts of the cell, as the trackers say; or has the next source fetch them from the origin,
 * under a tracker's lease.
 *
 * <p>{@link ChunkFetch} decides each step; here they are taken. It never fails a fill: when the others don't help, the
 * origin does, which is counted. A host that is alone in its cell pays nothing. Thread-safe.
 */
public final class PeerSource implements ChunkSource {
    private static final Logger log = LoggerFactory.getLogger(PeerSource.class);
    /** So many bad chunks from one host, and nothing more is taken from it. */
    private static final int MAX_BAD_CHUNKS = 3;

    private static final long URGENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long CRC64_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long EJECTED_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final TrackerClient trackers;
    private final PeerClient client;
    private final PriorityGate slots;
    private final FetchWindow window = new FetchWindow();
    private final TransferRates rates = new TransferRates();
    private final Map<ChunkId, Fetching> filling = new ConcurrentHashMap<>();
    private final Map<String, Misdeeds> misdeeds = new ConcurrentHashMap<>();
    private final Metrics metrics;

    private record Misdeeds(int badChunks, long atNanos) {}

    /** @param fetches from other hosts at a time; each host uploads about as many */
    public PeerSource(TrackerClient trackers, PeerClient client, int fetches, Metrics metrics) {
        this.trackers = trackers;
        this.client = client;
        this.slots = new PriorityGate(fetches);
        this.metrics = metrics;
    }

    @Override
    public Tier tier() {
        return Tier.PEER;
    }

    @Override
    public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws InterruptedException {
        Fetching fetching = trackers.begin(id, into);
        filling.put(id, fetching);
        if (trackers.view().isAlone()) {
            return false;
        }
        window.enter(id, ticket);
        return fetch(fetching, into, ticket);
    }

    /** To be told of every fill that ended: trackers must know who has what. */
    public void filled(ChunkId id, boolean kept) {
        Fetching fetching = filling.remove(id);
        window.ended(
                id,
                fetching != null && fetching.isFromOrigin() ? fetching.buffer().landedBlocks() : 0,
                RunningClock.processNanos());
        if (fetching != null) {
            LandingBuffer buffer = fetching.buffer();
            boolean have = kept && buffer.isFull();
            trackers.ended(id, have ? record(buffer) : null);
        }
    }

    private static ChunkSums record(LandingBuffer full) {
        return new ChunkSums(
                full.blockCrc32c().clone(), full.hasCrc64() ? OptionalLong.of(full.crc64()) : OptionalLong.empty());
    }

    private boolean fetch(Fetching fetching, LandingBuffer into, FillTicket ticket) throws InterruptedException {
        ChunkFetch fetch = new ChunkFetch(
                fetching.id().index(),
                ticket.priority() == Priority.DEMAND,
                fetching.buffer().landedBlocks(),
                RunningClock.processNanos());
        Step step = fetch.begin(RunningClock.processNanos());
        while (true) {
            switch (step) {
                case Step.Ask ask -> step = ask(fetch, fetching, ask, ticket);
                case Step.Fetch from -> {
                    Outcome outcome = inTurn(from, fetching, into, ticket);
                    if (outcome instanceof Outcome.Done) {
                        return true;
                    }
                    if (ticket.priority() == Priority.DEMAND) {
                        fetch.setDemand(RunningClock.processNanos());
                    }
                    step = outcome instanceof Outcome.GaveWay
                            ? giveWay(fetch, fetching, ticket)
                            : fetch.failed(
                                    from.host(),
                                    reason(outcome),
                                    fetching.buffer().landedBlocks(),
                                    fetching.sums().known().blocks(),
                                    RunningClock.processNanos());
                }
                case Step.Origin origin -> {
                    fetching.setFromOrigin();
                    FetchWindow.OriginWatch watch = window.new OriginWatch(fetching.id());
                    into.onBlocks(
                            into.landedBlocks(),
                            (before, landed) -> watch.received(landed - before, RunningClock.processNanos()));
                    if (origin.why() == null) {
                        trackers.leased(fetching);
                    } else {
                        log.debug("{} from the origin without a lease: {}", fetching.id(), origin.why());
                        metrics.increment(
                                Metric.PEER_FALLBACKS, origin.why().name().toLowerCase(Locale.ROOT));
                    }
                    return false;
                }
            }
        }
    }

    /** Waits until the link has room again, which may be long: meanwhile its place is others', and its answer grows old. */
    private Step giveWay(ChunkFetch fetch, Fetching fetching, FillTicket ticket) throws InterruptedException {
        trackers.gaveWay(fetching);
        window.giveWay(fetching.id(), ticket);
        return fetch.resumed(fetching.buffer().landedBlocks(), RunningClock.processNanos());
    }

    private Step ask(ChunkFetch fetch, Fetching fetching, Step.Ask ask, FillTicket ticket) throws InterruptedException {
        if (isNewlyUrgent(ask, ticket)) {
            return fetch.promote(RunningClock.processNanos());
        }
        long start = RunningClock.processNanos();
        Reply reply = trackers.ask(fetching, ask.want(), untilLate(fetch));
        while (reply instanceof Reply.Late && fetch.lateAtNanos() - RunningClock.processNanos() > 0) {
            if (isNewlyUrgent(ask, ticket)) {
                return fetch.promote(RunningClock.processNanos());
            }
            reply = trackers.await(fetching, untilLate(fetch));
        }
        metrics.time(Metric.TRACKER_ASK_SECONDS, RunningClock.processNanos() - start);
        return switch (reply) {
            case Reply.Answered answered -> fetch.answered(answered.answer());
            case Reply.Silent _ -> fetch.trackerSilent(RunningClock.processNanos());
            case Reply.Late _ -> fetch.late(RunningClock.processNanos());
        };
    }

    private static boolean isNewlyUrgent(Step.Ask ask, FillTicket ticket) {
        return ticket.priority() == Priority.DEMAND && !ask.want().demand();
    }

    /** Not longer than a fill may be urgent without a word to its tracker. */
    private static long untilLate(ChunkFetch fetch) {
        return Math.min(fetch.lateAtNanos() - RunningClock.processNanos(), URGENT_NANOS);
    }

    private Outcome inTurn(Step.Fetch from, Fetching fetching, LandingBuffer into, FillTicket ticket)
            throws InterruptedException {
        slots.acquire(ticket);
        try {
            return fetchFrom(from, fetching, into, ticket);
        } finally {
            slots.release();
        }
    }

    private Outcome fetchFrom(Step.Fetch from, Fetching fetching, LandingBuffer into, FillTicket ticket)
            throws InterruptedException {
        PeerHost host = from.host();
        if (isEjected(host)) {
            return new Outcome.Corrupt(fetching.buffer().landedBlocks());
        }
        Outcome outcome = transfer(from, fetching, into, ticket);
        if (outcome instanceof Outcome.Busy busy && busy.other() != null) {
            Optional<PeerHost> other = trackers.view().hosts().stream()
                    .filter(each -> each.data().equals(busy.other()))
                    .filter(each -> !each.equals(trackers.view().self()) && !isEjected(each))
                    .findFirst();
            if (other.isPresent()) {
                Step.Fetch elsewhere = new Step.Fetch(other.get(), from.record(), false, from.slowBefore());
                Outcome its = transfer(elsewhere, fetching, into, ticket);
                if (its instanceof Outcome.Done || its instanceof Outcome.GaveWay) {
                    return its;
                }
            }
        }
        return outcome;
    }

    private Outcome transfer(Step.Fetch from, Fetching fetching, LandingBuffer into, FillTicket ticket)
            throws InterruptedException {
        PeerHost host = from.host();
        int start = into.watermark();
        TransferRates.Transfer transfer =
                rates.begin(into.length() - start, from.slowBefore(), RunningClock.processNanos());
        FetchWindow.Watch watch = window.watch(fetching.id(), from.whole(), start, RunningClock.processNanos());
        Outcome outcome;
        try {
            outcome = client.fetch(host, fetching.id(), into, fetching.sums(), (received, _) -> {
                long now = RunningClock.processNanos();
                watch.received(start + received, now);
                Supply supply = Supply.of(
                        from.whole(),
                        (start + received) / ChunkLayout.BLOCK_BYTES,
                        fetching.sums().known().blocks(),
                        ChunkLayout.blockCount(into.length()));
                if (transfer.isTooSlow(received, supply, now)) {
                    return new Outcome.Slow();
                }
                return window.isOneTooMany(fetching.id(), ticket) ? new Outcome.GaveWay() : null;
            });
        } finally {
            long now = RunningClock.processNanos();
            watch.received(into.watermark(), now);
            transfer.end(into.watermark() - start, now);
        }
        if (outcome instanceof Outcome.Done && !into.hasCrc64()) {
            // Without it the whole object can't be compared with the origin's checksum here. It comes when the lease
            // holder has stored the chunk; readers have the bytes already.
            fetching.sums().awaitCrc64(CRC64_NANOS).ifPresent(into::setCrc64);
        }
        metrics.increment(Metric.PEER_FETCHES, label(outcome));
        if (outcome instanceof Outcome.Corrupt) {
            noteBadChunk(host, fetching.id());
        }
        if (!(outcome instanceof Outcome.Done)) {
            log.debug("{} from {}: {}", fetching.id(), host.id(), outcome);
        }
        return outcome;
    }

    private boolean isEjected(PeerHost host) {
        Misdeeds known = misdeeds.get(host.id());
        return known != null
                && known.badChunks() >= MAX_BAD_CHUNKS
                && RunningClock.processNanos() - known.atNanos() < EJECTED_NANOS;
    }

    private void noteBadChunk(PeerHost host, ChunkId id) {
        metrics.increment(Metric.CHUNKS_CORRUPT, Tier.PEER.label());
        Misdeeds now = misdeeds.merge(
                host.id(),
                new Misdeeds(1, RunningClock.processNanos()),
                (known, one) -> new Misdeeds(known.badChunks() + 1, one.atNanos()));
        log.warn("{} sent wrong bytes of {}; they were dropped", host.name(), id);
        if (now.badChunks() == MAX_BAD_CHUNKS) {
            metrics.increment(Metric.PEERS_EJECTED);
            log.error(
                    "{} sent wrong bytes {} times: nothing is taken from it for 10 minutes. Look at its memory and disk.",
                    host.name(),
                    MAX_BAD_CHUNKS);
        }
    }

    private static Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Busy _ -> Reason.BUSY;
            case Outcome.Missing _ -> Reason.MISSING;
            case Outcome.Broken _ -> Reason.BROKEN;
            case Outcome.Corrupt _ -> Reason.CORRUPT;
            // The bytes can't be used as long as nobody vouches for them: as if none came.
            case Outcome.Slow _, Outcome.NoSums _ -> Reason.SLOW;
            case Outcome.Done _, Outcome.GaveWay _ -> throw new IllegalArgumentException("no failure: " + outcome);
        };
    }

    private static String label(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ -> "done";
            case Outcome.Busy _ -> "busy";
            case Outcome.Missing _ -> "missing";
            case Outcome.Broken _ -> "broken";
            case Outcome.Corrupt _ -> "corrupt";
            case Outcome.Slow _ -> "slow";
            case Outcome.GaveWay _ -> "gave_way";
            case Outcome.NoSums _ -> "no_sums";
        };
    }
}
