package io.tidepool.agent.chunk;

/**
 * Something that supplies a chunk's bytes: the local disk, a peer, the origin.
 *
 * <p>An implementation must:
 *
 * <ul>
 *   <li>write the bytes through {@link LandingBuffer#writable()} and {@link LandingBuffer#advance}, from the buffer's
 *       present watermark on: a source may be asked to go on where another one stopped;
 *   <li>advance over bytes only when they are right as far as it can know, for readers use them at once;
 *   <li>return true only when the buffer is full, false when it has not the chunk (a miss, which costs nothing more);
 *   <li>be safe for use by many threads, and let go of its caller when interrupted.
 * </ul>
 */
public interface ChunkSource {
    /** Which tier this source is, for accounts. */
    Tier tier();

    /**
     * Fills {@code into} with chunk {@code id}.
     *
     * @return false if this source hasn't the chunk
     * @throws ChunkException if it should have had it, and failed; bytes up to the watermark stay right
     */
    boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws ChunkException, InterruptedException;
}
