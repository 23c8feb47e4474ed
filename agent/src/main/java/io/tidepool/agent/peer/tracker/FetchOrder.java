package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.chunk.VersionId;

/**
 * The order in which a host reads an object version ahead, so that all hosts of a cell that start together do not fetch
 * the same. Immutable.
 *
 * <p>The version is cut into as many parts as there are hosts, and each host has its own. The order goes through all parts
 * in step, chunk by chunk, its own part some chunks ahead:
 *
 * <pre>
 *   part     0        1        2                 host 1 reads:
 *   chunks   0 1 2 3  4 5 6 7  8 9 10 11         4 | 8 0 5 | 9 1 6 | 10 2 7 | 11 3
 * </pre>
 *
 * <p>So each host leases the chunks of its own part from the origin, and by the time the others come for one it is there.
 * Going through the parts one after the other would let all hosts follow each other through chunks that are still
 * landing, at the bucket's share of one host. For the same reason a host has few chunks of its own under way: the fewer,
 * the sooner the first one is there to be exchanged. It goes ahead with the next one when the first chunks of the others
 * are there, which is when its own is, so that the bucket never waits. Its lead in its own part grows slowly.
 */
public final class FetchOrder {
    /** After how many chunks of others, in each step, the next of its own follows: about as many as it fetches at a time. */
    static final int OTHERS_FIRST = 32;

    /**
     * So many chunks more than one its own part gets ahead, one each {@link #STEPS_TO_GAIN} steps. A host that is ahead of the others
     * by less than that finds their chunks on the way already; else it would have all leases, and they all chunks from it.
     */
    static final int MOST_AHEAD = 4;

    static final int STEPS_TO_GAIN = 4;

    private final int[] chunks;

    /** The order for {@code view}'s host. */
    public static FetchOrder of(CellView view, VersionId version, int chunkCount) {
        return new FetchOrder(
                view.rank(CellView.mix(version.high() ^ Long.rotateLeft(version.low(), 32))), view.size(), chunkCount);
    }

    private FetchOrder(int own, int parts, int chunkCount) {
        chunks = new int[chunkCount];
        int longest = (chunkCount + parts - 1) / parts;
        int ownAfter = Math.min(OTHERS_FIRST, parts - 1);
        int at = put(0, own, 0, parts);
        int ownNext = 1;
        for (int step = 0; step < longest; step++) {
            int ownEnd = step + 2 + Math.min(MOST_AHEAD, step / STEPS_TO_GAIN);
            for (int other = 1; other < parts; other++) {
                at = put(at, (own + other) % parts, step, parts);
                if (other == ownAfter) {
                    for (; ownNext < ownEnd; ownNext++) {
                        at = put(at, own, ownNext, parts);
                    }
                }
            }
            if (parts == 1) {
                at = put(at, own, step + 1, parts);
            }
        }
    }

    private int put(int at, int part, int step, int parts) {
        int first = start(part, parts);
        if (first + step >= start(part + 1, parts)) {
            return at;
        }
        chunks[at] = first + step;
        return at + 1;
    }

    private int start(int part, int parts) {
        return (int) ((long) part * chunks.length / parts);
    }

    public int size() {
        return chunks.length;
    }

    /** The index of the chunk to read as the {@code position}-th; each chunk comes once. */
    public int chunk(int position) {
        return chunks[position];
    }
}
