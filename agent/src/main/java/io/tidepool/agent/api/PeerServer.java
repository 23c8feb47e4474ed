package io.tidepool.agent.api;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.PeerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Serves chunks to other hosts, out of cache files and filling landing buffers. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class PeerServer implements AutoCloseable {
    /**
     * Starts to listen.
     *
     * @param tls null for plaintext
     * @throws IOException with one line for an operator: the address is in use, no permission
     */
    public static PeerServer start(PeerServerOptions options, ChunkCache cache, @Nullable PeerTls tls, Metrics metrics)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        throw new UnsupportedOperationException();
    }

    /** Uploads that run now. */
    public int uploads() {
        throw new UnsupportedOperationException();
    }

    /** Cuts what runs. */
    @Override
    public void close() {}
}
