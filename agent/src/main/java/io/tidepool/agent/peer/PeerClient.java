package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.RunningClock;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches chunks from other hosts, over kept-alive connections. Thread-safe.
 *
 * <p>An event loop receives into the landing memory behind the watermark; the fill's own thread holds each block against
 * the tracker's checksum and moves the watermark over it. What the peer says of offsets, lengths and checksums is never
 * used, only compared with what was asked for.
 */
public final class PeerClient implements AutoCloseable {
    /** How long bytes wait for the checksums that they are held against. */
    public static final Duration SUMS_PATIENCE = Duration.ofSeconds(3);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PeerConnections connections;

    /**
     * @param self where this host serves chunks: peers that are busy may name it to others
     * @param tls null for plaintext
     */
    public PeerClient(InetSocketAddress self, @Nullable PeerTls tls) {
        connections = new PeerConnections(self, tls);
    }

    /**
     * Fetches what {@code into} lacks of the chunk, and lets readers see it block by block, each once it was found right.
     * For the thread that fills {@code into}; blocks it.
     *
     * @param sums may still grow meanwhile
     */
    public Outcome fetch(PeerHost from, ChunkId id, LandingBuffer into, Sums sums, Pace pace)
            throws InterruptedException {
        if (into.isFull()) {
            return new Outcome.Done();
        }
        long start = RunningClock.processNanos();
        PeerConnection kept = connections.takeIdle(from.data());
        if (kept != null) {
            Download download = new Download(id, into);
            Outcome outcome = fetch(kept, download, into, sums, pace, start);
            // The peer may have closed it in the moment in which it was taken: that says nothing of the peer.
            if (!(outcome instanceof Outcome.Broken) || download.wasAnswered()) {
                return outcome;
            }
        }
        PeerConnections.Attempt attempt = connections.connect(from.data());
        PeerConnection made = attempt.connection();
        return made == null
                ? new Outcome.Broken(attempt.failure())
                : fetch(made, new Download(id, into), into, sums, pace, start);
    }

    private static Outcome fetch(
            PeerConnection connection, Download download, LandingBuffer into, Sums sums, Pace pace, long start)
            throws InterruptedException {
        connection.begin(download);
        try {
            while (!into.isFull()) {
                Outcome failure = nextBlock(download, into, sums, pace, start);
                if (failure != null) {
                    return failure;
                }
            }
            sums.known().crc64().ifPresent(into::setCrc64);
            return new Outcome.Done();
        } finally {
            if (!into.isFull()) {
                connection.abandon(download); // whoever fills next uses the same memory
            }
        }
    }

    /** Null once the watermark stands at the block's end. */
    private static @Nullable Outcome nextBlock(Download download, LandingBuffer into, Sums sums, Pace pace, long start)
            throws InterruptedException {
        int block = into.watermark() / ChunkLayout.BLOCK_BYTES;
        int blockEnd = ChunkLayout.blockEnd(into.watermark(), into.length());
        int count = blockEnd - download.offset();
        while (download.received() < count) {
            Outcome end = download.await(count, POLL_NANOS);
            if (end == null && download.received() < count) {
                end = pace.judge(download.received(), RunningClock.processNanos() - start);
            }
            if (end != null) {
                return end;
            }
        }
        long receivedAt = RunningClock.processNanos();
        OptionalInt sum = sums.awaitBlock(block, POLL_NANOS);
        while (sum.isEmpty()) {
            long now = RunningClock.processNanos();
            if (now - receivedAt > SUMS_PATIENCE.toNanos()) {
                return new Outcome.NoSums();
            }
            Outcome end = pace.judge(download.received(), now - start);
            if (end != null) {
                return end;
            }
            sum = sums.awaitBlock(block, POLL_NANOS);
        }
        return into.advanceBlock(sum.getAsInt()) ? null : new Outcome.Corrupt(block);
    }

    /** Ends all fetches as broken. */
    @Override
    public void close() {
        connections.close();
    }
}
