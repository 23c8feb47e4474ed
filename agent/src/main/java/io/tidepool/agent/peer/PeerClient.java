package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Fetches chunks from other hosts, over kept-alive connections. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class PeerClient implements AutoCloseable {
    /** How long bytes wait for the checksums that they are held against. */
    public static final Duration SUMS_PATIENCE = Duration.ofSeconds(3);

    /**
     * @param self where this host serves chunks: peers that are busy may name it to others
     * @param tls null for plaintext
     */
    public PeerClient(InetSocketAddress self, @Nullable PeerTls tls) {
        throw new UnsupportedOperationException();
    }

    /**
     * Fetches what {@code into} lacks of the chunk, and lets readers see it block by block, each once it was found right.
     * For the thread that fills {@code into}; blocks it.
     *
     * @param sums may still grow meanwhile
     */
    public Outcome fetch(PeerHost from, ChunkId id, LandingBuffer into, Sums sums, Pace pace)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Ends all fetches as broken. */
    @Override
    public void close() {}
}
