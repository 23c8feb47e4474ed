package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.chunk.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The hosts of the cell that are alive, as one of them sees it at one time; and what follows from it by arithmetic: who
 * tracks what, and where each host begins to read ahead. Immutable.
 *
 * <p>Rendezvous hashing: each host has a weight for each stretch, and the heaviest is its tracker. When a host goes, only
 * what it tracked moves, to the next in rank.
 *
 * @param self the host whose view it is; one of {@code hosts}
 * @param hosts all, in the order of their ids
 */
public record CellView(PeerHost self, List<PeerHost> hosts) {
    public CellView {
        hosts = hosts.stream().sorted(Comparator.comparing(PeerHost::id)).toList();
        if (!hosts.contains(self)) {
            throw new IllegalArgumentException(self + " is not one of " + hosts);
        }
    }

    /** The view of a host that knows of no other. */
    public static CellView alone(PeerHost self) {
        return new CellView(self, List.of(self));
    }

    public boolean isAlone() {
        return hosts.size() == 1;
    }

    public Optional<PeerHost> host(String id) {
        return hosts.stream().filter(host -> host.id().equals(id)).findFirst();
    }

    /** This view less the hosts with {@code ids}; self stays. */
    public CellView without(Set<String> ids) {
        List<PeerHost> left = new ArrayList<>(hosts);
        left.removeIf(host -> ids.contains(host.id()) && !host.equals(self));
        return left.size() == hosts.size() ? this : new CellView(self, left);
    }

    /** The host that looks after {@code stretch}. */
    public PeerHost tracker(Stretch stretch) {
        long of = mix(hash(stretch.version()) + stretch.number());
        PeerHost heaviest = self;
        long most = weight(self, of);
        for (PeerHost host : hosts) {
            long weight = weight(host, of);
            if (Long.compareUnsigned(weight, most) > 0
                    || (weight == most && host.id().compareTo(heaviest.id()) < 0)) {
                heaviest = host;
                most = weight;
            }
        }
        return heaviest;
    }

    /**
     * The chunk at which this host begins to read {@code version} ahead: hosts that start together begin far from each
     * other, so that each fetches another part from the origin.
     */
    public int firstChunk(VersionId version, int chunkCount) {
        long of = mix(hash(version));
        long own = weight(self, of);
        int rank = (int) hosts.stream()
                .filter(host -> Long.compareUnsigned(weight(host, of), own) > 0)
                .count();
        return (int) ((long) rank * chunkCount / hosts.size());
    }

    private static long weight(PeerHost host, long of) {
        CRC32C crc = new CRC32C();
        crc.update(host.id().getBytes(StandardCharsets.UTF_8));
        return mix(of ^ (crc.getValue() * 0x9E3779B97F4A7C15L));
    }

    private static long hash(VersionId version) {
        return version.high() ^ version.low();
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
