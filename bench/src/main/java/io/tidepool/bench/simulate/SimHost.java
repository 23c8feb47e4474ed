package io.tidepool.bench.simulate;

import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.FetchOrder;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.Tracker;
import io.tidepool.agent.peer.tracker.TransferRates;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One host in one life: it loads the model, and serves and tracks for others. */
final class SimHost {
    private static final long TICK_NANOS = 100_000_000L;
    /** When one that sends short closes the connection. */
    private static final long SHORT_NANOS = 50_000_000L;
    /** What a reader waits for first: the header, and what follows. */
    private static final int DEMAND_CHUNKS = 2;

    private final Cell cell;
    private final PeerHost name;
    private final int number;
    private final Behaviour behaviour;
    private final Link up;
    private final Link down;
    private final Talk talk;
    private final Tracker tracker;
    private final TransferRates rates = new TransferRates();
    /** By chunk; null where none is under way. */
    private final @Nullable ChunkTask[] taskOf;

    private final Set<ChunkTask> tasks = new LinkedHashSet<>();
    private final Set<Flow> uploads = new LinkedHashSet<>();
    /** What is on disk. */
    private BitSet complete = new BitSet();
    /** What is on disk and not the bucket's, by chunk. */
    private Map<Integer, long[]> altered = new LinkedHashMap<>();

    /** What the origin failed it, for good. */
    private final BitSet failed = new BitSet();

    private int[] order = {};
    private int next;
    private boolean alive = true;
    /** After a wrong object: it takes chunks from the bucket only. */
    private boolean wary;

    private long startedAt;
    private long doneAt = -1;
    private long trackerNanos;

    SimHost(Cell cell, CellView view, Behaviour behaviour) {
        this.cell = cell;
        this.name = view.self();
        this.number = cell.hosts().size();
        this.behaviour = behaviour;
        this.taskOf = new ChunkTask[cell.sizes().chunks()];
        this.up = new Link(cell.queue(), cell.plan().nicBits());
        this.down = new Link(cell.queue(), cell.plan().nicBits());
        this.talk = new Talk(cell, this, view);
        this.tracker = new Tracker(view, this::fromTracker, cell.queue().now());
    }

    String id() {
        return name.id();
    }

    PeerHost name() {
        return name;
    }

    int number() {
        return number;
    }

    Behaviour behaviour() {
        return behaviour;
    }

    boolean isAlive() {
        return alive;
    }

    Link down() {
        return down;
    }

    Talk talk() {
        return talk;
    }

    Tracker tracker() {
        return tracker;
    }

    TransferRates rates() {
        return rates;
    }

    int uploads() {
        return uploads.size();
    }

    /** When its load was done; negative if it is not. */
    long doneAt() {
        return doneAt;
    }

    long startedAt() {
        return startedAt;
    }

    boolean isDone() {
        return doneAt >= 0;
    }

    boolean isAloneOrWary() {
        return wary || talk.view().isAlone();
    }

    /** Another host tells its tracker something. */
    void told(String from, ToTracker message) {
        long before = System.nanoTime();
        tracker.receive(from, message, cell.queue().now());
        trackerNanos += System.nanoTime() - before;
    }

    /** What its tracker took of the CPU. */
    long trackerNanos() {
        return trackerNanos;
    }

    private void fromTracker(String to, FromTracker message) {
        SimHost host = cell.host(to);
        if (host == null || !cell.connects(this, host)) {
            return;
        }
        if (message instanceof FromTracker.Heartbeat) {
            host.talk.hear(this, message);
        } else {
            cell.send(this, host, () -> host.talk.hear(this, message));
        }
    }

    // ---- its load

    void start() {
        startedAt = cell.queue().now();
        FetchOrder spread =
                FetchOrder.of(talk.view(), cell.version(), cell.sizes().chunks());
        int demand = Math.min(DEMAND_CHUNKS, spread.size());
        order = IntStream.concat(
                        IntStream.range(0, demand),
                        IntStream.range(0, spread.size()).map(spread::chunk).filter(chunk -> chunk >= demand))
                .toArray();
        // Hosts that start together do not start within the same microsecond.
        cell.queue().in(cell.random().nextLong(1_000_000), this::fill);
        cell.queue().in(cell.random().nextLong(TICK_NANOS), this::tick);
    }

    private void fill() {
        while (alive && tasks.size() < cell.plan().fills() && next < order.length) {
            int chunk = order[next++];
            if (!complete.get(chunk)) {
                ChunkTask task = new ChunkTask(cell, this, chunk, next <= DEMAND_CHUNKS);
                tasks.add(task);
                taskOf[chunk] = task;
                task.start();
            }
        }
        if (tasks.isEmpty() && next == order.length && !isDone()) {
            loaded();
        }
    }

    /** All chunks are here, or failed: now their sum must be the object's. */
    private void loaded() {
        if (!altered.isEmpty() && behaviour != Behaviour.POISONS) {
            cell.counts().wrongObjects++;
            wary = true;
            int stretches = (cell.sizes().chunks() + Stretch.CHUNKS - 1) / Stretch.CHUNKS;
            for (int i = 0; i < stretches; i++) {
                Stretch stretch = new Stretch(cell.version(), i);
                talk.send(stretch, new ToTracker.Wrong(stretch));
            }
            complete.clear();
            altered.clear();
            next = 0;
            fill();
            return;
        }
        doneAt = cell.queue().now();
        cell.note(this, 'd', 0);
    }

    void taskDone(ChunkTask task, ChunkSums record) {
        int chunk = task.chunk();
        forget(task);
        complete.set(chunk);
        keep(chunk, task.contents());
        cell.note(this, 'c', chunk);
        task.endChildren(true);
        Stretch stretch = new Stretch(cell.version(), chunk / Stretch.CHUNKS);
        talk.send(stretch, new ToTracker.Holding(stretch, List.of(new Held(chunk, record, true))));
        fill();
    }

    private void forget(ChunkTask task) {
        tasks.remove(task);
        taskOf[task.chunk()] = null;
    }

    private void keep(int chunk, long[] contents) {
        for (int block = 0; block < contents.length; block++) {
            if (contents[block] != ChunkSizes.content(chunk, block)) {
                altered.put(chunk, contents);
                return;
            }
        }
    }

    BitSet failed() {
        return failed;
    }

    /** What it still waits for, in words. */
    String unfinished() {
        return tasks.toString();
    }

    /** The origin failed it: an honest error for whoever reads it. */
    void taskFailed(ChunkTask task) {
        failed.set(task.chunk());
        forget(task);
        task.abandon();
        task.endChildren(false);
        Stretch stretch = new Stretch(cell.version(), task.chunk() / Stretch.CHUNKS);
        talk.send(stretch, new ToTracker.Gone(stretch, new int[] {task.chunk()}));
        fill();
    }

    private void tick() {
        if (!alive) {
            return;
        }
        long before = System.nanoTime();
        tracker.tick(cell.queue().now());
        trackerNanos += System.nanoTime() - before;
        talk.tick();
        for (ChunkTask task : List.copyOf(tasks)) {
            task.tick();
        }
        if (behaviour == Behaviour.CLAIMS) {
            claim();
        }
        cell.queue().in(TICK_NANOS, this::tick);
    }

    private void claim() {
        int chunk = cell.random().nextInt(cell.sizes().chunks());
        if (!complete.get(chunk)) {
            Stretch stretch = new Stretch(cell.version(), chunk / Stretch.CHUNKS);
            talk.send(stretch, new ToTracker.Holding(stretch, List.of(new Held(chunk, record(chunk), true))));
        }
    }

    // ---- what it hears

    void heard(FromTracker message) {
        switch (message) {
            case FromTracker.Answers answers -> {
                for (Answer answer : answers.answers()) {
                    ChunkTask task = taskOf[answer.chunk()];
                    if (task != null) {
                        task.answered(answer);
                    } else if (answer instanceof Answer.Lease) {
                        unwanted(answers.stretch(), answer.chunk());
                    }
                }
            }
            case FromTracker.Sums sums ->
                sums.updates().forEach(update -> {
                    ChunkTask task = taskOf[update.chunk()];
                    if (task != null) {
                        task.known(update.record());
                    }
                });
            case FromTracker.Heartbeat _ -> {}
        }
    }

    /** A lease for what it fetches no longer. */
    private void unwanted(Stretch stretch, int chunk) {
        talk.send(
                stretch,
                complete.get(chunk)
                        ? new ToTracker.Holding(stretch, List.of(new Held(chunk, record(chunk), true)))
                        : new ToTracker.Gone(stretch, new int[] {chunk}));
    }

    /** All that it has and fetches of a stretch; those that ask go to {@code asking} instead. */
    List<Held> held(Stretch stretch, List<ChunkTask> asking) {
        List<Held> held = new ArrayList<>();
        int first = stretch.number() * Stretch.CHUNKS;
        for (int chunk = first;
                chunk < Math.min(first + Stretch.CHUNKS, cell.sizes().chunks());
                chunk++) {
            ChunkTask task = taskOf[chunk];
            if (complete.get(chunk)) {
                held.add(new Held(chunk, record(chunk), true));
            } else if (task != null && task.isAsking()) {
                asking.add(task);
            } else if (task != null) {
                held.add(task.held());
            }
        }
        return held;
    }

    private ChunkSums record(int chunk) {
        long[] contents = IntStream.range(0, cell.sizes().blocks(chunk))
                .mapToLong(block -> stored(chunk, block))
                .toArray();
        int[] crcs = new int[contents.length];
        for (int block = 0; block < crcs.length; block++) {
            crcs[block] = ChunkSizes.crc(contents[block]);
        }
        return new ChunkSums(crcs, OptionalLong.of(java.util.Arrays.hashCode(contents)));
    }

    // ---- what it has, and sends to others

    /** Whether a block that it has is the bucket's. */
    boolean isRight(int chunk) {
        return complete.get(chunk) && !altered.containsKey(chunk);
    }

    private long stored(int chunk, int block) {
        long[] other = altered.get(chunk);
        return other == null ? ChunkSizes.content(chunk, block) : other[block];
    }

    /** What it keeps of a block that came from the bucket. */
    long kept(int chunk, int block) {
        return behaviour == Behaviour.POISONS ? ~ChunkSizes.content(chunk, block) : ChunkSizes.content(chunk, block);
    }

    /** Begins to send a chunk to {@code to}; returns why not. */
    @Nullable
    Reason serve(ChunkTask to) {
        if (!alive) {
            return Reason.BROKEN;
        }
        ChunkTask task = taskOf[to.chunk()];
        boolean whole = complete.get(to.chunk());
        if (!whole && task == null) {
            return Reason.MISSING;
        }
        if (behaviour == Behaviour.BUSY || uploads.size() >= cell.plan().uploadSlots()) {
            return Reason.BUSY;
        }
        Flow flow = to.open(up);
        uploads.add(flow);
        flow.atEnd(() -> {
            uploads.remove(flow);
            if (task != null) {
                task.childEnded(flow);
            }
        });
        send(flow, to.chunk(), task);
        return null;
    }

    /** @param task if the chunk is still landing here */
    private void send(Flow flow, int chunk, @Nullable ChunkTask task) {
        int flip = behaviour == Behaviour.FLIPS ? 1 : 0;
        if (task == null) {
            flow.sends(block -> stored(chunk, block) ^ flip);
        } else {
            flow.sends(block -> task.contents()[block] ^ flip);
        }
        switch (behaviour) {
            case STALLS -> {}
            case SHORT -> {
                flow.offer(1);
                cell.queue().in(SHORT_NANOS, () -> flow.receiver().broken(flow));
            }
            default -> {
                if (task == null) {
                    flow.offer(cell.sizes().blocks(chunk));
                } else {
                    task.relay(flow);
                }
            }
        }
    }

    // ---- its end, and its next life

    void die() {
        alive = false;
        List.copyOf(tasks).forEach(ChunkTask::abandon);
        for (Flow flow : List.copyOf(uploads)) {
            cell.queue().in(cell.plan().messageNanos(), () -> flow.receiver().broken(flow));
        }
    }

    /** Takes over what an earlier life had on disk. */
    void inherit(SimHost former) {
        complete = (BitSet) former.complete.clone();
        altered = new LinkedHashMap<>(former.altered);
    }
}
