package io.tidepool.emulator.store;

import java.time.Instant;

/** One uploaded part of a multipart upload, and its sums. */
public record Part(int number, Segment segment, String etag, long crc64, Instant lastModified) {

    public long size() {
        return segment.length();
    }
}
