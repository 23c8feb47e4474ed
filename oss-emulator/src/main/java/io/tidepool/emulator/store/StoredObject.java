package io.tidepool.emulator.store;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** One immutable object version. Thread-safe. */
public sealed interface StoredObject permits ComposedObject, FileObject, SyntheticObject {

    String key();

    /** In bytes. */
    long size();

    /**
     * 32 upper-case hex digits, without the quotes; behind them {@code -} and the number of parts after a multipart
     * upload, {@code -1} for a big file.
     */
    String etag();

    /** Whole seconds. */
    Instant lastModified();

    Attributes attributes();

    /** The same version with other attributes. */
    StoredObject with(Attributes attributes);

    /** Whether replies carry {@code x-oss-hash-crc64ecma}; real OSS may leave it out too. */
    boolean offersCrc64();

    /** How many of its bytes are on the heap, perhaps shared with others. */
    default long heapBytes() {
        return 0;
    }

    /** All bytes, in order. */
    default List<Segment> segments() {
        return List.of(Segment.of(this, 0, size()));
    }

    ObjectBody open() throws IOException;
}
