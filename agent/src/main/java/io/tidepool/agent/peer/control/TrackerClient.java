package io.tidepool.agent.peer.control;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host asks the trackers of the cell, and tells them.
 *
 * <p>One thread, the loop, owns all state; everything public only hands it something to do, or waits for what it found. So
 * asks that come together travel together, a message for each stretch.
 *
 * <p>A tracker that is {@linkplain Conversation#isSilent silent}, or whose connection broke, is left out of this host's view for
 * a while: the next in rank is asked, and told what this host has and fetches. Whoever waits for its answer is told at once. Thread-safe.
 */
public final class TrackerClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrackerClient.class);
    /** How long an unheard tracker isn't asked; longer each time until it is heard again. */
    private static final long AVOID_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long TICK_MILLIS = 100;

    private final PeerHost self;
    private final Links links;
    private final HeldChunks held;
    private final Metrics metrics;
    private final ControlLoop loop = new ControlLoop("tracker-client");
    private final ExecutorService announcer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("tracker-announce").factory());

    // The loop only, but for reading the view.
    private volatile CellView view;
    private CellView seen;
    private final Map<String, Conversation> conversations = new HashMap<>();
    private final Map<String, Avoided> avoided = new HashMap<>();
    private final Map<Key, Fetching> fetching = new HashMap<>();
    private final List<Fetching> toAsk = new ArrayList<>();

    /** Ways to trackers. */
    interface Links {
        /**
         * Opens a way to the tracker on {@code host}.
         *
         * @param listener hears what comes from there, on any thread
         */
        Link open(PeerHost host, Listener listener);

        /** How busy this host is for others; goes with each heartbeat. */
        ToTracker.Heartbeat heartbeat();
    }

    /** What became of an ask. */
    public sealed interface Reply {
        /** The tracker's answer. */
        record Answered(Answer answer) implements Reply {}

        /** The tracker is silent or gone; another ask goes to the next in rank. */
        record Silent() implements Reply {}

        /** The tracker lives, but the answer did not come in time. */
        record Late() implements Reply {}
    }

    /** Hears one tracker. */
    interface Listener {
        void received(FromTracker message);

        void ended(String why);
    }

    private record Avoided(long untilNanos, int times) {}

    private record Key(VersionId version, int chunk) {
        static Key of(ChunkId id) {
            return new Key(id.version().id(), id.index());
        }
    }

    TrackerClient(PeerHost self, Links links, HeldChunks held, Metrics metrics) {
        this.self = self;
        this.links = links;
        this.held = held;
        this.metrics = metrics;
        this.seen = CellView.alone(self);
        this.view = seen;
        loop.every(TICK_MILLIS, this::tick);
    }

    /** The hosts of the cell that this one can work with at present. */
    public CellView view() {
        return view;
    }

    // ---- for whoever fetches

    /** A fetch of {@code id} begins; {@link #ended} ends it. */
    public Fetching begin(ChunkId id, LandingBuffer buffer) {
        Fetching fetch = new Fetching(id, buffer);
        loop.post(() -> {
            fetch.setTracker(view.tracker(fetch.stretch()).id());
            fetching.put(Key.of(id), fetch);
        });
        return fetch;
    }

    /**
     * Asks where to fetch from.
     *
     * @param waitNanos how long to wait for the answer
     */
    public Reply ask(Fetching fetch, Want want, long waitNanos) throws InterruptedException {
        fetch.forgetReplies();
        loop.post(() -> {
            fetch.ask(want);
            toAsk.add(fetch);
            if (toAsk.size() == 1) {
                loop.post(this::sendAsks);
            }
        });
        return fetch.poll(waitNanos);
    }

    /** Goes on waiting for the answer to what was asked last. */
    public Reply await(Fetching fetch, long waitNanos) throws InterruptedException {
        return fetch.poll(waitNanos);
    }

    /** The fetch goes to the origin under a lease: its blocks are reported as they land. */
    public void leased(Fetching fetch) {
        fetch.setLeased(true);
        int already = fetch.buffer().landedBlocks();
        if (already > 0) {
            report(fetch, 0, already);
        }
        fetch.buffer().onBlocks(already, (before, landed) -> report(fetch, before, landed));
    }

    private void report(Fetching fetch, int before, int landed) {
        int[] crcs = Arrays.copyOfRange(fetch.buffer().blockCrc32c(), before, landed);
        loop.post(() -> {
            if (fetching.get(Key.of(fetch.id())) == fetch) {
                send(
                        fetch.tracker(),
                        new ToTracker.Landed(fetch.stretch(), fetch.id().index(), before, crcs));
            }
        });
    }

    /** The fetch waits for this host itself now: nobody should wait for what it brings. It asks again. */
    public void gaveWay(Fetching fetch) {
        loop.post(() -> send(
                fetch.tracker(),
                new ToTracker.Gone(fetch.stretch(), new int[] {fetch.id().index()})));
    }

    /**
     * The fetch of a chunk ended.
     *
     * @param record what the chunk is, if it is kept now and others may have it; else null
     */
    public void ended(ChunkId id, @Nullable ChunkSums record) {
        loop.post(() -> {
            fetching.remove(Key.of(id));
            if (!seen.isAlone()) {
                Stretch stretch = Stretch.of(id);
                ToTracker message = record == null
                        ? new ToTracker.Gone(stretch, new int[] {id.index()})
                        : new ToTracker.Holding(stretch, List.of(new Held(id.index(), record, true)));
                send(view.tracker(stretch).id(), message);
            }
        });
    }

    /** These chunks are no longer in the cache. */
    public void forgotten(ObjectVersion version, BitSet chunks) {
        BitSet gone = (BitSet) chunks.clone();
        loop.post(() -> {
            if (seen.isAlone()) {
                return;
            }
            for (int i = gone.nextSetBit(0); i >= 0; ) {
                int end = (i / Stretch.CHUNKS + 1) * Stretch.CHUNKS;
                int[] inStretch = gone.get(i, end).stream().toArray();
                int from = i;
                Stretch stretch = Stretch.of(version.chunk(i));
                int[] indices =
                        Arrays.stream(inStretch).map(each -> each + from).toArray();
                send(view.tracker(stretch).id(), new ToTracker.Gone(stretch, indices));
                i = gone.nextSetBit(end);
            }
        });
    }

    /** The version's chunks, wherever they came from, are not the object. */
    public void wrong(ObjectVersion version) {
        loop.post(() -> {
            for (int chunk = 0; chunk < version.chunkCount() && !seen.isAlone(); chunk += Stretch.CHUNKS) {
                Stretch stretch = Stretch.of(version.chunk(chunk));
                send(view.tracker(stretch).id(), new ToTracker.Wrong(stretch));
            }
        });
    }

    /** The hosts of the cell are others now. */
    public void viewChanged(CellView changed) {
        loop.post(() -> {
            seen = changed;
            conversations.entrySet().removeIf(entry -> {
                boolean left = changed.host(entry.getKey()).isEmpty();
                if (left) {
                    entry.getValue().close();
                }
                return left;
            });
            avoided.keySet().removeIf(host -> changed.host(host).isEmpty());
            if (!changed.isAlone()) {
                // Now rather than at the first ask: connecting takes a while, the first time above all.
                changed.hosts().forEach(this::conversation);
            }
            look();
        });
    }

    // ---- the loop

    private void sendAsks() {
        Map<Stretch, List<Want>> wants = new LinkedHashMap<>();
        for (Fetching fetch : toAsk) {
            Want want = fetch.want();
            if (want != null) {
                wants.computeIfAbsent(fetch.stretch(), s -> new ArrayList<>()).add(want);
            }
        }
        toAsk.clear();
        wants.forEach((stretch, all) -> send(view.tracker(stretch).id(), new ToTracker.Ask(stretch, all)));
    }

    private void send(String tracker, ToTracker message) {
        PeerHost host = seen.host(tracker).orElse(null);
        if (host != null) {
            conversation(host).say(message, loop.nanos());
            metrics.increment(Metric.TRACKER_MESSAGES, "sent");
        }
    }

    private Conversation conversation(PeerHost host) {
        return conversations.computeIfAbsent(host.id(), id -> open(host));
    }

    private Conversation open(PeerHost host) {
        Conversation opened = new Conversation();
        opened.over(links.open(host, new Listener() {
            @Override
            public void received(FromTracker message) {
                loop.post(() -> hear(host.id(), message));
            }

            @Override
            public void ended(String why) {
                loop.post(() -> lost(host.id(), opened, why));
            }
        }));
        return opened;
    }

    private void hear(String tracker, FromTracker message) {
        Conversation conversation = conversations.get(tracker);
        if (conversation == null) {
            return;
        }
        conversation.heard();
        metrics.increment(Metric.TRACKER_MESSAGES, "received");
        switch (message) {
            case FromTracker.Answers answers ->
                answers.answers().forEach(answer -> answered(tracker, answers.stretch(), answer));
            case FromTracker.Sums sums ->
                sums.updates().forEach(update -> {
                    Fetching fetch = find(sums.stretch(), update.chunk());
                    if (fetch != null) {
                        fetch.sums().update(update.record());
                    }
                });
            case FromTracker.Heartbeat _ -> avoided.remove(tracker);
        }
    }

    private void answered(String tracker, Stretch stretch, Answer answer) {
        Fetching fetch = find(stretch, answer.chunk());
        if (fetch == null || fetch.want() == null || !tracker.equals(fetch.tracker())) {
            return;
        }
        if (answer instanceof Answer.From from) {
            fetch.sums().update(from.record());
        }
        fetch.reply(new Reply.Answered(answer));
    }

    private @Nullable Fetching find(Stretch stretch, int chunk) {
        return fetching.get(new Key(stretch.version(), chunk));
    }

    /** The connection broke: once that may be the network's or a pause's fault; a tracker that can't be reached is avoided. */
    private void lost(String tracker, Conversation broken, String why) {
        if (conversations.get(tracker) != broken) {
            return; // It was ended from here.
        }
        log.debug("session with the tracker on {} ended: {}", tracker, why);
        if (broken.isNew()) {
            unheard(tracker);
            return;
        }
        conversations.remove(tracker);
        broken.close();
        for (Fetching fetch : fetching.values()) {
            if (fetch.tracker().equals(tracker)) {
                tell(fetch);
            }
        }
        sendAsks();
    }

    /** Nothing is heard of the tracker, nor can it be reached. */
    private void unheard(String tracker) {
        Conversation conversation = conversations.remove(tracker);
        if (conversation == null) {
            return;
        }
        conversation.close();
        for (Fetching fetch : fetching.values()) {
            if (fetch.want() != null && fetch.tracker().equals(tracker)) {
                fetch.reply(new Reply.Silent());
            }
        }
        avoid(tracker);
    }

    private void avoid(String tracker) {
        if (seen.host(tracker).isEmpty() || tracker.equals(self.id())) {
            return;
        }
        int times = avoided.containsKey(tracker) ? avoided.get(tracker).times() + 1 : 1;
        avoided.put(tracker, new Avoided(loop.nanos() + AVOID_NANOS * Math.min(times, 6), times));
        metrics.increment(Metric.TRACKERS_AVOIDED);
        look();
    }

    private void tick() {
        long now = loop.nanos();
        List<String> silent = new ArrayList<>();
        conversations.forEach((tracker, conversation) -> {
            if (conversation.isSilent(now)) {
                silent.add(tracker);
            }
        });
        silent.forEach(this::unheard);
        look();
        ToTracker.Heartbeat load = links.heartbeat();
        long realNow = System.nanoTime();
        conversations.values().forEach(conversation -> conversation.beat(load, realNow, now));
    }

    /** Looks who is there, and turns to other trackers where that changed. */
    private void look() {
        long now = loop.nanos();
        Set<String> left = new HashSet<>();
        avoided.forEach((host, until) -> {
            if (now - until.untilNanos() < 0) {
                left.add(host);
            }
        });
        CellView before = view;
        CellView after = seen.without(left);
        if (!after.equals(before)) {
            view = after;
            turn(after);
            announce(before, after);
        }
    }

    private void turn(CellView now) {
        for (Fetching fetch : fetching.values()) {
            String tracker = now.tracker(fetch.stretch()).id();
            if (!tracker.equals(fetch.tracker())) {
                fetch.setTracker(tracker);
                tell(fetch);
            }
        }
        sendAsks();
    }

    /** Tells a tracker that knows nothing of it what is being fetched, or asks it in its turn. */
    private void tell(Fetching fetch) {
        if (fetch.want() == null) {
            send(fetch.tracker(), new ToTracker.Holding(fetch.stretch(), List.of(fetch.held())));
        } else {
            toAsk.add(fetch);
        }
    }

    private void announce(CellView before, CellView after) {
        if (after.isAlone()) {
            return;
        }
        Collection<Stretch> all = held.stretches().get();
        List<Stretch> moved = all.stream()
                .filter(stretch -> before.isAlone() || !before.tracker(stretch).equals(after.tracker(stretch)))
                .toList();
        if (moved.isEmpty()) {
            return;
        }
        try {
            announcer.execute(() -> moved.forEach(stretch -> {
                List<Held> chunks = held.chunks().apply(stretch);
                if (!chunks.isEmpty()) {
                    loop.post(() -> send(view.tracker(stretch).id(), new ToTracker.Holding(stretch, chunks)));
                }
            }));
        } catch (RejectedExecutionException e) {
            log.debug("closing: nothing is announced any more");
        }
    }

    @Override
    public void close() {
        announcer.shutdownNow();
        loop.post(() -> {
            conversations.values().forEach(Conversation::close);
            fetching.values().forEach(fetch -> fetch.reply(new Reply.Silent()));
        });
        loop.close();
    }
}
