package io.tidepool.emulator.count;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The live counters of one object. Thread-safe. */
public final class KeyCounter {

    private static final int MAX_RANGES = 100_000;

    private final Map<String, Long> requests = new TreeMap<>();
    private final List<KeyCount.Range> ranges = new ArrayList<>();
    private RangeUnion sent = new RangeUnion();
    private long bytesSent;

    synchronized void request(String method) {
        requests.merge(method, 1L, Long::sum);
    }

    synchronized void answered(KeyCount.Range range) {
        if (ranges.size() < MAX_RANGES) {
            ranges.add(range);
        }
    }

    /** Object bytes from {@code offset} on go to the socket. */
    public synchronized void sent(long offset, long length) {
        bytesSent += length;
        sent.add(offset, length);
    }

    /** So many of them could not be written after all. */
    public synchronized void notSent(long length) {
        bytesSent -= length;
    }

    synchronized void reset() {
        requests.clear();
        ranges.clear();
        sent = new RangeUnion();
        bytesSent = 0;
    }

    synchronized KeyCount read() {
        return new KeyCount(Map.copyOf(requests), bytesSent, sent.bytes(), List.copyOf(ranges));
    }
}
