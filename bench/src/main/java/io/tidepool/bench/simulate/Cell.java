package io.tidepool.bench.simulate;

import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One cell: its hosts, its share of the bucket, the messages between them, and the clock. One thread. */
final class Cell {
    /** How long it takes until the others' membership has left out a host that died, at most. */
    static final long DETECTION_NANOS = 3_000_000_000L;

    private final FleetPlan plan;
    private final ChunkSizes sizes;
    private final VersionId version;
    private final EventQueue queue = new EventQueue();
    private final Random random;
    private final Link bucket;
    private final CellCounts counts = new CellCounts();
    private final List<SimHost> hosts = new ArrayList<>();
    private final Map<String, SimHost> byId = new HashMap<>();
    private Weather weather;
    private long digest;

    Cell(FleetPlan plan) {
        this(plan, _ -> Behaviour.HONEST);
    }

    /** @param behaviours by the number of the host */
    Cell(FleetPlan plan, IntFunction<Behaviour> behaviours) {
        this.plan = plan;
        this.sizes = plan.sizes();
        this.random = new Random(plan.seed());
        this.version = new VersionId(random.nextLong(), random.nextLong());
        this.bucket = new Link(queue, plan.bucketBits());
        this.weather = Weather.fair(plan.messageNanos());
        List<PeerHost> names = new ArrayList<>();
        for (int i = 0; i < plan.hosts(); i++) {
            names.add(name(i));
        }
        CellView view = new CellView(names.getFirst(), names);
        for (PeerHost name : names) {
            add(new SimHost(this, view.seenBy(name), behaviours.apply(hosts.size())));
        }
    }

    private PeerHost name(int number) {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("host-" + number, 1);
        return new PeerHost("host-%d/%08x".formatted(number, random.nextInt()), "", nowhere, nowhere);
    }

    private void add(SimHost host) {
        hosts.add(host);
        byId.put(host.id(), host);
    }

    FleetPlan plan() {
        return plan;
    }

    ChunkSizes sizes() {
        return sizes;
    }

    VersionId version() {
        return version;
    }

    EventQueue queue() {
        return queue;
    }

    Random random() {
        return random;
    }

    Link bucket() {
        return bucket;
    }

    CellCounts counts() {
        return counts;
    }

    Weather weather() {
        return weather;
    }

    void setWeather(Weather other) {
        weather = other;
    }

    /** All hosts that there ever were. */
    List<SimHost> hosts() {
        return hosts;
    }

    @Nullable
    SimHost host(String id) {
        return byId.get(id);
    }

    /** Whether {@code from} can talk to {@code to} now. */
    boolean connects(SimHost from, SimHost to) {
        return to.isAlive() && (from == to || weather.connects(from, to));
    }

    /** A message from host to host: {@code arrival} happens there, or never. */
    void send(SimHost from, SimHost to, Runnable arrival) {
        counts.messages++;
        long nanos = from == to ? 0 : weather.messageNanos(from, to);
        if (nanos < 0 || !weather.connects(from, to)) {
            counts.lostMessages++;
            return;
        }
        queue.in(nanos, () -> {
            if (to.isAlive()) {
                arrival.run();
            }
        });
    }

    /** Adds something that happened to the digest, by which two runs are compared. */
    void note(SimHost host, int what, int number) {
        digest = ChunkSizes.mix(digest ^ queue.now() ^ ((long) host.number() << 40) ^ ((long) what << 32) ^ number);
    }

    long digest() {
        return digest;
    }

    /** Kills a host; the others' membership notices after a while. */
    void kill(SimHost host) {
        host.die();
        note(host, 'k', 0);
        membershipChanges();
    }

    /** A new life of {@code host}, with what it had on disk. */
    SimHost restart(SimHost host, Behaviour behaviour) {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("again", 1);
        String id = host.id().substring(0, host.id().indexOf('/')) + "/%08x".formatted(random.nextInt());
        SimHost next = new SimHost(this, CellView.alone(new PeerHost(id, "", nowhere, nowhere)), behaviour);
        next.inherit(host);
        add(next);
        membershipChanges();
        next.start();
        return next;
    }

    /** Some time from now every host sees those that it can reach then. */
    void membershipChanges() {
        queue.in(DETECTION_NANOS / 2 + random.nextLong(DETECTION_NANOS / 2), () -> {
            CellView last = null;
            for (SimHost host : hosts) {
                if (host.isAlive()) {
                    last = viewOf(host, last);
                    host.talk().viewChanged(last);
                }
            }
        });
    }

    /** Hosts that see the same share a view. */
    private CellView viewOf(SimHost host, @Nullable CellView other) {
        List<PeerHost> seen = hosts.stream()
                .filter(each -> each == host || connects(host, each))
                .map(SimHost::name)
                .toList();
        return other != null && other.size() == seen.size() && seen.stream().allMatch(each -> other.contains(each.id()))
                ? other.seenBy(host.name())
                : new CellView(host.name(), seen);
    }

    /** Lets all hosts load, until they have or {@code limitNanos} are over. */
    void run(long limitNanos) {
        hosts.forEach(SimHost::start);
        goOn(limitNanos);
    }

    void goOn(long limitNanos) {
        while (queue.now() < limitNanos && !isDone() && queue.step()) {}
    }

    private int doneHosts;

    private boolean isDone() {
        while (doneHosts < hosts.size()
                && (hosts.get(doneHosts).isDone() || !hosts.get(doneHosts).isAlive())) {
            doneHosts++;
        }
        return doneHosts == hosts.size();
    }
}
