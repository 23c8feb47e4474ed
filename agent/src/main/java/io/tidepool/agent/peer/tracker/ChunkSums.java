package io.tidepool.agent.peer.tracker;

import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The checksums of one chunk, made by whoever fetched it from the origin: of its first blocks, while it is landing.
 * Immutable.
 *
 * @param crc32c of the blocks from the first one on, as many as are known; nobody changes it
 * @param crc64 CRC64-ECMA of the whole chunk; empty before it is whole, and if nobody computed it
 */
@SuppressWarnings("ArrayRecordComponent") // equals is written out
public record ChunkSums(int[] crc32c, OptionalLong crc64) {
    public static final ChunkSums NONE = new ChunkSums(new int[0], OptionalLong.empty());

    /** Number of blocks whose checksum is known. */
    public int blocks() {
        return crc32c.length;
    }

    /** This, with checksums that continue where it ends or overlap it; unchanged if there is a gap. */
    public ChunkSums with(int firstBlock, int[] more) {
        int end = firstBlock + more.length;
        if (firstBlock > blocks() || end <= blocks()) {
            return this;
        }
        int[] all = Arrays.copyOf(crc32c, end);
        System.arraycopy(more, blocks() - firstBlock, all, blocks(), end - blocks());
        return new ChunkSums(all, crc64);
    }

    /** This, with what {@code other} knows and this does not; they must not contradict each other. */
    ChunkSums with(ChunkSums other) {
        ChunkSums blocks = with(0, other.crc32c);
        return crc64.isPresent() || other.crc64.isEmpty() ? blocks : new ChunkSums(blocks.crc32c, other.crc64);
    }

    /** Whether a block that is known here, or the whole, has another checksum there. */
    boolean contradicts(ChunkSums other) {
        return contradicts(0, other.crc32c)
                || (crc64.isPresent() && other.crc64.isPresent() && crc64.getAsLong() != other.crc64.getAsLong());
    }

    /** Whether a block that is known here has another checksum there. */
    boolean contradicts(int firstBlock, int[] other) {
        for (int i = 0; i < other.length && firstBlock + i < blocks(); i++) {
            if (crc32c[firstBlock + i] != other[i]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChunkSums s && Arrays.equals(crc32c, s.crc32c) && crc64.equals(s.crc64);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(crc32c);
    }

    @Override
    public String toString() {
        return blocks() + " blocks" + (crc64.isPresent() ? " and crc64" : "");
    }
}
