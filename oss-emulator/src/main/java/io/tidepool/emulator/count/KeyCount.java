package io.tidepool.emulator.count;

import java.util.List;
import java.util.Map;

/**
 * What was asked of one object, or of all of them, up to a moment.
 *
 * @param requests by GET, HEAD, META, PUT, DELETE, LIST or OTHER; errors included
 * @param bytesSent body bytes of object GETs handed to the socket; a chunk (up to 128 KiB) that could not
 *     be written, because the client had gone, is taken back
 * @param distinctBytes how many distinct object bytes these were, chunks that could not be written included
 * @param ranges the ranges that GETs were answered with (200 and 206), oldest first, at most 100,000; in a total, empty
 */
public record KeyCount(Map<String, Long> requests, long bytesSent, long distinctBytes, List<Range> ranges) {

    public static final KeyCount NONE = new KeyCount(Map.of(), 0, 0, List.of());

    /** One answered GET: bytes, and its status: 206, or 200 for a whole object. */
    public record Range(long offset, long length, int status) {}

    public long requests(String method) {
        return requests.getOrDefault(method, 0L);
    }

    /** Bytes sent more than once. */
    public long overFetchedBytes() {
        return Math.max(0, bytesSent - distinctBytes);
    }
}
