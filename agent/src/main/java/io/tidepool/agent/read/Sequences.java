package io.tidepool.agent.read;

/**
 * Finds sequential streams in the reads of one file, whoever makes them.
 *
 * <p>By offset and not by handle: loader processes share descriptors, and the kernel's own read-ahead reorders requests.
 * A read that begins near the head of a known stream goes on with it; any other begins a stream and replaces the one
 * that was quiet for longest. Not thread-safe.
 */
final class Sequences {
    /** Readers of one file at the same time whose order is recognised; more are served without read-ahead. */
    private static final int MAX_STREAMS = 16;
    /** How far from a stream's head a read may begin: twice the kernel's read-ahead window of 4 MiB. */
    private static final long SLACK_BYTES = 8 << 20;

    private final long[] heads = new long[MAX_STREAMS];
    private final long[] runBytes = new long[MAX_STREAMS];
    private final long[] lastUse = new long[MAX_STREAMS];
    private int streams;
    private long uses;

    /** Notes a read and returns how many bytes its stream has run without a gap, this read included. */
    long note(long offset, int length) {
        int stream = find(offset);
        long end = offset + length;
        if (stream < 0) {
            stream = streams < MAX_STREAMS ? streams++ : leastRecent();
            heads[stream] = end;
            runBytes[stream] = length;
        } else if (end > heads[stream]) {
            runBytes[stream] += end - heads[stream];
            heads[stream] = end;
        }
        lastUse[stream] = ++uses;
        return runBytes[stream];
    }

    private int find(long offset) {
        for (int i = 0; i < streams; i++) {
            if (Math.abs(offset - heads[i]) <= SLACK_BYTES) {
                return i;
            }
        }
        return -1;
    }

    private int leastRecent() {
        int oldest = 0;
        for (int i = 1; i < streams; i++) {
            if (lastUse[i] < lastUse[oldest]) {
                oldest = i;
            }
        }
        return oldest;
    }
}
