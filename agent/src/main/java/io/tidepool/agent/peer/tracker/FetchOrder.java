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
 *   part     0        1        2                 host 1 reads, with LEAD = 2:
 *   chunks   0 1 2 3  4 5 6 7  8 9 10 11         4 5 | 8 0 6 | 9 1 7 | 10 2 | 11 3
 * </pre>
 *
 * <p>So each host leases the chunks of its own part from the origin, and by the time the others come for one it is there.
 * Going through the parts one after the other would let all hosts follow each other through chunks that are still
 * landing, at the bucket's share of one host.
 */
public final class FetchOrder {
    /** How many chunks of its own part a host is ahead. */
    static final int LEAD = 3;

    private final int[] chunks;

    /** The order for {@code view}'s host. */
    public static FetchOrder of(CellView view, VersionId version, int chunkCount) {
        return new FetchOrder(
                view.rank(CellView.mix(version.high() ^ Long.rotateLeft(version.low(), 32))), view.size(), chunkCount);
    }

    private FetchOrder(int own, int parts, int chunkCount) {
        chunks = new int[chunkCount];
        int longest = (chunkCount + parts - 1) / parts;
        int at = 0;
        for (int step = -LEAD; step < longest; step++) {
            for (int other = 1; other < parts && step >= 0; other++) {
                at = put(at, (own + other) % parts, step, parts);
            }
            at = put(at, own, step + LEAD, parts);
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
