package io.tidepool.agent.peer;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** How a fetch from a peer ended. Whatever it was, what is below the buffer's watermark was checked and stays. */
public sealed interface Outcome {
    /** All of the chunk has landed; the buffer is full, and its CRC64 is set if the sums had one. */
    record Done() implements Outcome {}

    /**
     * The peer has no upload slot free.
     *
     * @param other a host that the peer sent the chunk to, as the peer says: to be asked only if it is of the cell
     */
    record Busy(@Nullable InetSocketAddress other) implements Outcome {}

    /** The peer doesn't have the chunk. */
    record Missing() implements Outcome {}

    /** No connection, or it ended early, or the answer was not the one that was asked for; {@code why} in one line. */
    record Broken(String why) implements Outcome {}

    /** The peer is too slow. */
    record Slow() implements Outcome {}

    /** The fetch gave way to others of this host; the peer is as good as before. */
    record GaveWay() implements Outcome {}

    /** The peer sent wrong bytes. */
    record Corrupt(int block) implements Outcome {}

    /** The bytes of a block were there, but not what they must add up to, for {@link PeerClient#SUMS_PATIENCE}. */
    record NoSums() implements Outcome {}
}
