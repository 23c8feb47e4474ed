package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkLayout;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What of one cache file is where, as sets of chunk indexes:
 *
 * <pre>
 *   allocated   its range of the file takes disk space, counted in {@link Space}
 *   present     …and the index names it            (present ⊆ allocated)
 *   verified    …and its bytes may be used unread  (verified ⊆ present)
 *   busy        one thread writes the range, or punches it
 *   pinned      readers have it open, this many
 * </pre>
 *
 * <p>Not thread-safe: {@link CacheFile}'s monitor guards it.
 */
final class ChunkSets {
    private final long sizeBytes;
    private final int chunkCount;
    private final BitSet allocated = new BitSet();
    private final BitSet present = new BitSet();
    private final BitSet verified = new BitSet();
    private final BitSet busy = new BitSet();
    private int @Nullable [] pins;
    private long allocatedBytes;
    private long presentBytes;
    private int hand;

    ChunkSets(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        this.chunkCount = ChunkLayout.chunkCount(sizeBytes);
    }

    int length(int index) {
        return ChunkLayout.chunkLength(sizeBytes, index);
    }

    long occupied(int index) {
        return Space.occupiedBy(length(index));
    }

    boolean isAllocated(int index) {
        return allocated.get(index);
    }

    boolean isPresent(int index) {
        return present.get(index);
    }

    boolean isVerified(int index) {
        return verified.get(index);
    }

    boolean isBusy(int index) {
        return busy.get(index);
    }

    boolean isAllPresent() {
        return present.cardinality() == chunkCount;
    }

    boolean isAllVerified() {
        return verified.cardinality() == chunkCount;
    }

    boolean isNonePresent() {
        return present.isEmpty();
    }

    boolean isNoneBusy() {
        return busy.isEmpty();
    }

    /** The present chunk with the highest index; -1 if there is none. */
    int lastPresent() {
        return present.length() - 1;
    }

    BitSet present() {
        return (BitSet) present.clone();
    }

    int presentChunks() {
        return present.cardinality();
    }

    long presentBytes() {
        return presentBytes;
    }

    long allocatedBytes() {
        return allocatedBytes;
    }

    void allocate(int index) {
        if (!allocated.get(index)) {
            allocated.set(index);
            allocatedBytes += occupied(index);
        }
    }

    void unallocate(int index) {
        if (allocated.get(index)) {
            allocated.clear(index);
            allocatedBytes -= occupied(index);
        }
    }

    void unallocateAll() {
        allocated.clear();
        allocatedBytes = 0;
    }

    /** The index names the chunk. Returns whether that is new. */
    boolean appear(int index, boolean isVerified) {
        boolean added = !present.get(index);
        if (added) {
            allocate(index);
            present.set(index);
            presentBytes += length(index);
        }
        verified.set(index, isVerified);
        return added;
    }

    /** The index shall not name the chunk any more. Returns whether it did. */
    boolean disappear(int index) {
        boolean removed = present.get(index);
        if (removed) {
            present.clear(index);
            verified.clear(index);
            presentBytes -= length(index);
        }
        return removed;
    }

    void disappearAll() {
        present.clear();
        verified.clear();
        presentBytes = 0;
    }

    void setBusy(int index, boolean on) {
        busy.set(index, on);
    }

    void pin(int index) {
        int[] counts = pins;
        if (counts == null) {
            counts = new int[chunkCount];
            pins = counts;
        }
        counts[index]++;
    }

    void unpin(int index) {
        if (pins != null) {
            pins[index]--;
        }
    }

    /** Whether the range takes space, and nobody reads, writes or punches it. */
    boolean isIdle(int index) {
        return allocated.get(index) && !busy.get(index) && (pins == null || pins[index] == 0);
    }

    /** The next idle chunk, round and round; -1 if there is none. */
    int nextIdle() {
        for (int round = 0; round < 2; round++) {
            for (int i = allocated.nextSetBit(hand); i >= 0; i = allocated.nextSetBit(i + 1)) {
                if (isIdle(i)) {
                    hand = i + 1;
                    return i;
                }
            }
            hand = 0;
        }
        return -1;
    }
}
