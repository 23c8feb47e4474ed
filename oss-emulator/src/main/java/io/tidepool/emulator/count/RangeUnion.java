package io.tidepool.emulator.count;

import java.util.Map;
import java.util.TreeMap;

/** A set of byte offsets as disjoint, non-adjacent intervals. Not thread-safe. */
final class RangeUnion {

    /** Start to end (exclusive). */
    private final TreeMap<Long, Long> intervals = new TreeMap<>();

    private long bytes;

    void add(long offset, long length) {
        if (length <= 0) {
            return;
        }
        long start = offset;
        long end = offset + length;
        Map.Entry<Long, Long> touching = intervals.floorEntry(end);
        while (touching != null && touching.getValue() >= start) {
            start = Math.min(start, touching.getKey());
            end = Math.max(end, touching.getValue());
            bytes -= touching.getValue() - touching.getKey();
            intervals.remove(touching.getKey());
            touching = intervals.floorEntry(end);
        }
        intervals.put(start, end);
        bytes += end - start;
    }

    /** How many distinct offsets are in it. */
    long bytes() {
        return bytes;
    }
}
