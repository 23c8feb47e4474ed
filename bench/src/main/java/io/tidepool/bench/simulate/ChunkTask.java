package io.tidepool.bench.simulate;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.peer.tracker.ChunkFetch;
import io.tidepool.agent.peer.tracker.ChunkFetch.Step;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker.Ask;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Landed;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.TransferRates;
import io.tidepool.agent.peer.tracker.TransferRates.Supply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One chunk on its way to one host: as the agent's peer source does it, over flows instead of connections. */
final class ChunkTask {
    /** After that the read of a chunk fails when the origin does. */
    private static final long ORIGIN_DEADLINE_NANOS = 30_000_000_000L;

    private static final long ORIGIN_RETRY_NANOS = 1_000_000_000L;
    /** How long it takes until a host is known not to answer a connection. */
    private static final long CONNECT_NANOS = 1_000_000_000L;

    private final Cell cell;
    private final SimHost host;
    private final int chunk;
    private final int blocks;
    private final ChunkFetch fetch;
    private final long[] contents;
    /** Flows to others that fetch it from here while it lands. */
    private final List<Flow> children = new ArrayList<>(2);

    private @Nullable Step step;
    /** How many steps there were: what was begun in an earlier one is void. */
    private int steps;

    private ChunkSums known = ChunkSums.NONE;
    /** Blocks that have arrived; those from {@code landed} on are not checked yet. */
    private int arrived;

    private int landed;
    private @Nullable Flow flow;
    private TransferRates.@Nullable Transfer transfer;
    private int firstOfTransfer;

    ChunkTask(Cell cell, SimHost host, int chunk, boolean demand) {
        this.cell = cell;
        this.host = host;
        this.chunk = chunk;
        this.blocks = cell.sizes().blocks(chunk);
        this.contents = new long[blocks];
        this.fetch = new ChunkFetch(chunk, demand, 0, now());
    }

    private long now() {
        return cell.queue().now();
    }

    int chunk() {
        return chunk;
    }

    int landed() {
        return landed;
    }

    long[] contents() {
        return contents;
    }

    private Stretch stretch() {
        return new Stretch(cell.version(), chunk / Stretch.CHUNKS);
    }

    void start() {
        go(host.isAloneOrWary() ? new Step.Origin(null) : fetch.begin(now()));
    }

    private void go(Step next) {
        step = next;
        steps++;
        switch (next) {
            case Step.Ask ask -> host.talk().send(stretch(), new Ask(stretch(), List.of(ask.want())));
            case Step.Fetch from -> connect(from);
            case Step.Origin origin -> {
                if (origin.why() != null) {
                    cell.counts().fellBack(origin.why());
                }
                fromOrigin(now());
            }
        }
    }

    // ---- what the trackers say

    boolean isAsking() {
        return step instanceof Step.Ask;
    }

    void answered(Answer answer) {
        if (isAsking()) {
            go(fetch.answered(answer));
        }
    }

    void known(ChunkSums record) {
        if (record.blocks() > known.blocks()) {
            known = record;
            check();
        }
    }

    void trackerSilent() {
        if (isAsking()) {
            go(fetch.trackerSilent(now()));
        }
    }

    /** What a new tracker must know of it. */
    Held held() {
        boolean own = step instanceof Step.Origin;
        return new Held(chunk, own ? record(OptionalLong.empty()) : null, false);
    }

    private ChunkSums record(OptionalLong whole) {
        int[] crcs = new int[landed];
        Arrays.setAll(crcs, block -> ChunkSizes.crc(contents[block]));
        return new ChunkSums(crcs, whole);
    }

    // ---- from a peer

    private void connect(Step.Fetch from) {
        known(from.record());
        SimHost source = cell.host(from.host().id());
        if (source == null || !cell.connects(host, source)) {
            // A dead host's machine refuses at once; one that is cut off says nothing.
            long nanos = source == null || !source.isAlive() ? 2 * cell.plan().messageNanos() : CONNECT_NANOS;
            int its = steps;
            cell.queue().in(nanos, () -> failed(its, from, Reason.BROKEN));
            return;
        }
        arrived = landed;
        firstOfTransfer = landed;
        transfer = host.rates().begin((blocks - landed) * ChunkLayout.BLOCK_BYTES, from.slowBefore(), now());
        int its = steps;
        // The request, half a round trip; then the first byte comes with the block.
        cell.queue().in(cell.plan().messageNanos(), () -> {
            if (steps == its && host.isAlive()) {
                Reason refused = source.serve(this);
                if (refused != null) {
                    failed(its, from, refused);
                }
            }
        });
    }

    /** The source begins to send what is missing. */
    Flow open(Link from) {
        Flow opened = new Flow(from, host.down(), this, cell.sizes(), arrived);
        flow = opened;
        return opened;
    }

    /** The source went away, or has ended without the chunk. */
    void broken(Flow from) {
        if (flow == from && step instanceof Step.Fetch fetching) {
            failed(steps, fetching, Reason.BROKEN);
        }
    }

    private void failed(int its, Step.Fetch from, Reason reason) {
        if (steps == its && host.isAlive()) {
            cell.counts().failed(reason);
            closeFlow();
            go(fetch.failed(from.host(), reason, landed, known.blocks(), now()));
        }
    }

    private void closeFlow() {
        if (transfer != null) {
            transfer.end(receivedBytes(), now());
            transfer = null;
        }
        Flow open = flow;
        flow = null;
        if (open != null) {
            open.end();
        }
    }

    private int receivedBytes() {
        int whole = Math.max(0, arrived - firstOfTransfer) << 20;
        return flow == null ? whole : whole + flow.bytesUnderWay(now());
    }

    // ---- from the origin

    private void fromOrigin(long since) {
        if (cell.weather().originFails()) {
            if (now() - since > ORIGIN_DEADLINE_NANOS) {
                cell.counts().errors++;
                host.taskFailed(this);
                return;
            }
            int its = steps;
            cell.queue().in(ORIGIN_RETRY_NANOS, () -> {
                if (steps == its && host.isAlive()) {
                    fromOrigin(since);
                }
            });
            return;
        }
        arrived = landed;
        Flow opened = new Flow(cell.bucket(), host.down(), this, cell.sizes(), landed);
        flow = opened;
        cell.counts().originRequests++;
        cell.queue().in(cell.plan().originNanos(), () -> opened.offer(blocks));
    }

    // ---- blocks

    void arrived(Flow from, int block) {
        if (from != flow || !host.isAlive()) {
            return;
        }
        int bytes = cell.sizes().blockBytes(chunk, block);
        arrived = block + 1;
        if (step instanceof Step.Fetch) {
            cell.counts().peerBytes += bytes;
            contents[block] = from.content(block);
            check();
        } else {
            cell.counts().originBytes += bytes;
            contents[block] = host.kept(chunk, block);
            landed = arrived;
            host.talk().send(stretch(), new Landed(stretch(), chunk, block, new int[] {ChunkSizes.crc(contents[block])
            }));
            advanced();
        }
    }

    /** Uses what has arrived and agrees with the record. */
    private void check() {
        if (!(step instanceof Step.Fetch fetching) || transfer == null) {
            return;
        }
        int before = landed;
        while (landed < arrived && landed < known.blocks()) {
            if (ChunkSizes.crc(contents[landed]) != known.crc32c()[landed]) {
                failed(steps, fetching, Reason.CORRUPT);
                return;
            }
            landed++;
        }
        if (landed > before) {
            advanced();
        }
    }

    private void advanced() {
        for (int i = 0; i < children.size(); i++) {
            children.get(i).offer(landed);
        }
        if (landed == blocks) {
            closeFlow();
            step = null;
            steps++;
            host.taskDone(this, record(OptionalLong.of(Arrays.hashCode(contents))));
        }
    }

    /** Ten times a second: is the answer late, the source slow? */
    void tick() {
        if (isAsking() && now() >= fetch.lateAtNanos()) {
            go(fetch.late(now()));
            return;
        }
        if (step instanceof Step.Fetch fetching
                && transfer != null
                && transfer.isTooSlow(
                        receivedBytes(), Supply.of(fetching.whole(), arrived, known.blocks(), blocks), now())) {
            failed(steps, fetching, Reason.SLOW);
        }
    }

    // ---- to others

    /** Serves {@code to} with what has landed, and then with what lands. */
    void relay(Flow to) {
        children.add(to);
        to.offer(landed);
    }

    void childEnded(Flow to) {
        children.remove(to);
    }

    /** It ends: without the chunk, those that fetch from here have to look elsewhere. */
    void endChildren(boolean whole) {
        for (Flow child : List.copyOf(children)) {
            if (!whole) {
                child.receiver().broken(child);
            }
        }
    }

    @Override
    public String toString() {
        return "chunk " + chunk + ", " + landed + " of " + blocks + " landed, " + known.blocks() + " known: " + step;
    }

    /** The host died, or gives it up. */
    void abandon() {
        step = null;
        steps++;
        closeFlow();
    }
}
