package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.FakeSource;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.PeerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A host that serves chunks over a real socket, out of a real cache that an origin in memory fills. */
public final class ServingHost implements AutoCloseable {
    public final Metrics metrics = new Metrics();
    public final FakeSource source = new FakeSource();
    public final LandingPool landing = new LandingPool(4L * ChunkLayout.CHUNK_BYTES, metrics);
    public final DiskTier disk;
    public final ChunkCache cache;
    private final Fills fills;
    private final PeerServer server;

    static PeerServerOptions options(int slots, long bytesPerSecond) {
        return new PeerServerOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), slots, bytesPerSecond);
    }

    static PeerServerOptions impatient() {
        PeerServerOptions usual = options(4, 0);
        return new PeerServerOptions(
                usual.address(), usual.slots(), 0, Duration.ofMillis(800), Duration.ofMillis(1500));
    }

    public ServingHost(Path directory, @Nullable PeerTls tls) throws Exception {
        this(directory, options(4, 0), tls);
    }

    ServingHost(Path directory, PeerServerOptions options, @Nullable PeerTls tls) throws Exception {
        disk = DiskTier.open(DiskOptions.of(directory, 1L << 30).keepingFree(0), metrics);
        fills = new Fills(landing, disk, List.of(disk, source), new Integrity(disk, metrics), metrics);
        cache = new ChunkCache(disk, fills);
        server = PeerServer.start(options, cache, tls, metrics);
    }

    public InetSocketAddress address() {
        return server.address();
    }

    int uploads() {
        return server.uploads();
    }

    double ended(String how) {
        return metrics.count(Metric.PEER_UPLOADS, how);
    }

    /** An upload is counted once its answer is out: the one who got the answer may look before that. */
    void awaitEnded(String how, int count) throws InterruptedException {
        PeerServerTest.await(count + " counted as " + how, () -> ended(how) >= count);
        assertThat(ended(how)).isEqualTo(count);
    }

    /** Begins to fill a chunk, as far as the source lets it. */
    void fill(ChunkId id) throws Exception {
        var _ = cache.prefetch(id);
    }

    /** Brings a chunk to disk. */
    public void keep(ChunkId id) throws Exception {
        source.allowAll();
        var ended = cache.prefetch(id);
        if (ended != null && !ended.get(20, TimeUnit.SECONDS).kept()) {
            throw new IllegalStateException(id + " was not kept");
        }
    }

    /** Only the server. */
    void stopServing() {
        server.close();
    }

    @Override
    public void close() {
        server.close();
        fills.close();
        disk.close();
    }
}
