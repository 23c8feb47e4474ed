package io.tidepool.emulator.count;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counters by bucket and key. Thread-safe. A listing counts under the empty key. */
public final class Counters {

    private final ConcurrentHashMap<String, KeyCounter> counters = new ConcurrentHashMap<>();

    public KeyCount of(String bucket, String key) {
        KeyCounter counter = counters.get(name(bucket, key));
        return counter == null ? KeyCount.NONE : counter.read();
    }

    /** By {@code bucket/key}, sorted. */
    public SortedMap<String, KeyCount> all() {
        SortedMap<String, KeyCount> all = new TreeMap<>();
        counters.forEach((name, counter) -> all.put(name, counter.read()));
        all.values().removeIf(KeyCount.NONE::equals);
        return all;
    }

    /** The sum over all keys; distinct bytes are those of distinct objects. */
    public KeyCount total() {
        Map<String, Long> requests = new TreeMap<>();
        long sent = 0;
        long distinct = 0;
        for (KeyCount count : all().values()) {
            count.requests().forEach((method, n) -> requests.merge(method, n, Long::sum));
            sent += count.bytesSent();
            distinct += count.distinctBytes();
        }
        return new KeyCount(Map.copyOf(requests), sent, distinct, List.of());
    }

    /** Starts again at zero. Bodies under way go on counting from there. */
    public void reset() {
        counters.values().forEach(KeyCounter::reset);
    }

    public void request(String bucket, String key, String method) {
        counter(bucket, key).request(method);
    }

    public void answered(String bucket, String key, KeyCount.Range range) {
        counter(bucket, key).answered(range);
    }

    /** The live counter, for a body that counts each of its chunks. */
    public KeyCounter counter(String bucket, String key) {
        return counters.computeIfAbsent(name(bucket, key), _ -> new KeyCounter());
    }

    private static String name(String bucket, String key) {
        return bucket + "/" + key;
    }
}
