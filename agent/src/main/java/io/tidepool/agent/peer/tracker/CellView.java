package io.tidepool.agent.peer.tracker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of the cell that are alive, as one of them sees it at one time; and what follows from it by arithmetic: who
 * tracks what. Immutable.
 *
 * <p>Rendezvous hashing: each host has a weight for each stretch, and the heaviest is its tracker. When a host goes, only
 * what it tracked moves, to the next in rank. The hosts' hashes are computed once, and shared by {@linkplain #seenBy all
 * views of the same hosts}.
 */
public final class CellView {
    private final PeerHost self;
    private final Members members;

    /** What is the same for all hosts of a cell: the hosts in the order of their ids, and their hashes. */
    private record Members(
            List<PeerHost> hosts,
            Map<String, PeerHost> byId,
            @SuppressWarnings("ArrayRecordComponent") long[] hashes) {
        static Members of(List<PeerHost> hosts) {
            List<PeerHost> sorted =
                    hosts.stream().sorted(Comparator.comparing(PeerHost::id)).toList();
            Map<String, PeerHost> byId = new HashMap<>();
            sorted.forEach(host -> byId.put(host.id(), host));
            return new Members(
                    sorted, byId, sorted.stream().mapToLong(CellView::hash).toArray());
        }
    }

    /**
     * @param self the host whose view it is
     * @param hosts all, {@code self} among them
     */
    public CellView(PeerHost self, List<PeerHost> hosts) {
        this(self, Members.of(hosts));
    }

    private CellView(PeerHost self, Members members) {
        if (!self.equals(members.byId.get(self.id()))) {
            throw new IllegalArgumentException(self + " is not one of " + members.hosts);
        }
        this.self = self;
        this.members = members;
    }

    /** The view of a host that knows of no other. */
    public static CellView alone(PeerHost self) {
        return new CellView(self, List.of(self));
    }

    /** The host whose view it is. */
    public PeerHost self() {
        return self;
    }

    /** All hosts that are alive, in the order of their ids. */
    public List<PeerHost> hosts() {
        return members.hosts;
    }

    public int size() {
        return members.hosts.size();
    }

    public boolean isAlone() {
        return size() == 1;
    }

    public Optional<PeerHost> host(String id) {
        return Optional.ofNullable(members.byId.get(id));
    }

    public boolean contains(String id) {
        return members.byId.containsKey(id);
    }

    /** The same hosts as {@code other}, one of them, sees them. */
    public CellView seenBy(PeerHost other) {
        return new CellView(other, members);
    }

    /** This view less the hosts with {@code ids}; self stays. */
    public CellView without(Set<String> ids) {
        List<PeerHost> left = new ArrayList<>(members.hosts);
        left.removeIf(host -> ids.contains(host.id()) && !host.equals(self));
        return left.size() == size() ? this : new CellView(self, left);
    }

    /** The host that looks after {@code stretch}. */
    public PeerHost tracker(Stretch stretch) {
        long of = mix(stretch.version().high() ^ stretch.version().low()) + stretch.number();
        int heaviest = 0;
        long most = weight(0, of);
        for (int i = 1; i < members.hashes.length; i++) {
            long weight = weight(i, of);
            if (Long.compareUnsigned(weight, most) > 0) {
                heaviest = i;
                most = weight;
            }
        }
        return members.hosts.get(heaviest);
    }

    /** How many hosts of the cell are heavier than this one for {@code of}: from 0 to {@link #size()} - 1. */
    int rank(long of) {
        long own = mix(of ^ hash(self));
        int rank = 0;
        for (int i = 0; i < members.hashes.length; i++) {
            long weight = mix(of ^ members.hashes[i]);
            if (Long.compareUnsigned(weight, own) > 0
                    || (weight == own && members.hosts.get(i).id().compareTo(self.id()) < 0)) {
                rank++;
            }
        }
        return rank;
    }

    private long weight(int host, long of) {
        return mix(mix(of) ^ members.hashes[host]);
    }

    private static long hash(PeerHost host) {
        CRC32C crc = new CRC32C();
        crc.update(host.id().getBytes(StandardCharsets.UTF_8));
        return crc.getValue() * 0x9E3779B97F4A7C15L;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CellView v && self.equals(v.self) && members.hosts.equals(v.members.hosts);
    }

    @Override
    public int hashCode() {
        return 31 * self.hashCode() + members.hosts.hashCode();
    }

    @Override
    public String toString() {
        return self.id() + " of " + members.hosts.stream().map(PeerHost::id).toList();
    }
}
