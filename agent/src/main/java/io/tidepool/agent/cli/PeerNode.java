package io.tidepool.agent.cli;

import io.tidepool.agent.api.Cell;
import io.tidepool.agent.api.CellService;
import io.tidepool.agent.api.PeerServer;
import io.tidepool.agent.api.PeerServerOptions;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.cli.config.PeersConfig;
import io.tidepool.agent.cli.config.TlsConfig;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.OriginSource;
import io.tidepool.agent.peer.Membership;
import io.tidepool.agent.peer.PeerClient;
import io.tidepool.agent.peer.PeerSource;
import io.tidepool.agent.peer.PeerTls;
import io.tidepool.agent.peer.control.HeldChunks;
import io.tidepool.agent.peer.control.PeerControl;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.FetchOrder;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.read.StreamOrder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes an agent one of a cell, put together. It fetches from others from the start, and is one of them after {@link
 * #join}. Made, joined and closed by one thread, else thread-safe.
 */
final class PeerNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerNode.class);

    private final PeersConfig config;
    private final PeerOptions options;
    private final @Nullable PeerTls tls;
    private final PeerHost self;
    private final DiskTier disk;
    private final Metrics metrics;
    private final PeerControl control;
    private final PeerClient client;
    private final PeerSource source;
    private volatile @Nullable PeerServer server;
    private volatile @Nullable Membership membership;

    private PeerNode(PeersConfig config, PeerOptions options, @Nullable PeerTls tls, DiskTier disk, Metrics metrics)
            throws IOException {
        this.config = config;
        this.options = options;
        this.tls = tls;
        this.self = options.self(config.dataPort(), config.controlPort());
        this.disk = disk;
        this.metrics = metrics;
        this.control =
                new PeerControl(self, tls, new HeldChunks(this::heldStretches, this::held), this::heartbeat, metrics);
        this.client = new PeerClient(self.data(), tls);
        this.source = new PeerSource(control.trackers(), client, config.fetches(), metrics);
    }

    /**
     * Makes what fetches from others.
     *
     * @throws IOException with one line for an operator
     */
    static PeerNode open(PeersConfig config, DiskTier disk, Metrics metrics) throws IOException {
        TlsConfig files = config.tls();
        if (files == null) {
            log.warn(
                    "peers.plaintext: whoever reaches ports {}, {} and {} may read every object and join the cell; set"
                            + " peers.tls unless the network is trusted",
                    config.dataPort(),
                    config.controlPort(),
                    config.membershipPort());
        }
        PeerTls tls = files == null ? null : PeerTls.load(files.certificate(), files.key(), files.ca());
        try {
            return new PeerNode(config, new PeerOptions(config), tls, disk, metrics);
        } catch (IOException | RuntimeException e) {
            if (tls != null) {
                tls.close();
            }
            throw e;
        }
    }

    private StreamOrder order() {
        return version -> {
            CellView view = control.trackers().view();
            return view.isAlone()
                    ? Optional.empty()
                    : Optional.of(FetchOrder.of(view, version.id(), version.chunkCount()));
        };
    }

    /** Where to fetch from, besides the disk and the origin. */
    static List<ChunkSource> sources(DiskTier disk, @Nullable PeerNode peers, OriginSource origin) {
        return peers == null ? List.of(disk, origin) : List.of(disk, peers.source, origin);
    }

    /** In which order to read ahead: alone, as readers do; in a cell, each host in its own. */
    static StreamOrder order(@Nullable PeerNode peers) {
        return peers == null ? StreamOrder.FROM_READER : peers.order();
    }

    /** Has the trackers told of what comes into the cache, what leaves it, and what was found wrong. */
    void listenTo(Fills fills, Integrity integrity) {
        fills.onEnd(fill -> source.filled(fill.id(), fill.kept()));
        disk.onGone(control.trackers()::forgotten);
        integrity.onMismatch(control.trackers()::wrong);
    }

    /**
     * Serves others, and joins the cell.
     *
     * @param service what others may call besides
     * @throws IOException with one line for an operator: a port is in use
     */
    void join(ChunkCache cache, CellService service) throws IOException {
        server = PeerServer.start(
                new PeerServerOptions(
                        self.data(), config.uploadSlots(), config.uploadLimit().bytes()),
                cache,
                tls,
                metrics);
        control.listen(service);
        try {
            Membership joined =
                    Membership.start(options.membership(tls == null ? null : tls.membership()), self, metrics);
            membership = joined;
            joined.onChange(control::viewChanged);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while joining the cell");
        }
    }

    private ToTracker.Heartbeat heartbeat() {
        PeerServer serving = server;
        return new ToTracker.Heartbeat(serving == null ? 0 : serving.uploads(), config.uploadSlots());
    }

    private Collection<Stretch> heldStretches() {
        Set<Stretch> stretches = new HashSet<>();
        for (CachedVersion cached : disk.versions()) {
            BitSet present = disk.presentChunks(cached.version());
            for (int i = present.nextSetBit(0); i >= 0; ) {
                Stretch stretch = Stretch.of(cached.version().chunk(i));
                stretches.add(stretch);
                i = present.nextSetBit((stretch.number() + 1) * Stretch.CHUNKS);
            }
        }
        return stretches;
    }

    private List<ToTracker.Held> held(Stretch stretch) {
        ObjectVersion version = disk.version(stretch.version());
        if (version == null) {
            return List.of();
        }
        int first = stretch.number() * Stretch.CHUNKS;
        List<ToTracker.Held> held = new ArrayList<>();
        disk.storedChunks(version, first, first + Stretch.CHUNKS)
                .forEach(chunk -> held.add(
                        new ToTracker.Held(chunk.index(), new ChunkSums(chunk.blockCrc32c(), chunk.crc64()), true)));
        return held;
    }

    /** The hosts that share, and how to ask them. */
    Cell cell() {
        return new Cell(
                config.cell(),
                () -> {
                    Membership joined = membership;
                    return joined == null ? CellView.alone(self) : joined.view();
                },
                host -> {
                    Membership joined = membership;
                    return joined == null ? Optional.empty() : joined.since(host);
                },
                control.channels()::to);
    }

    /** What is sent to other hosts. */
    CellService.Uploads uploads() {
        PeerServer serving = server;
        double sent =
                metrics.count(Metric.PEER_UPLOAD_BYTES, "file") + metrics.count(Metric.PEER_UPLOAD_BYTES, "memory");
        return new CellService.Uploads(serving == null ? 0 : serving.uploads(), (long) sent);
    }

    /** Tells the others, and serves them no longer. */
    void leave() {
        Membership joined = membership;
        if (joined != null) {
            joined.close();
        }
        PeerServer serving = server;
        if (serving != null) {
            serving.close();
        }
    }

    /** Ends the talk with the others, too; a fill that still runs goes to the origin. */
    @Override
    public void close() {
        leave();
        control.close();
        client.close();
        if (tls != null) {
            tls.close();
        }
    }
}
