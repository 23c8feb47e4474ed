package io.tidepool.emulator.store;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** One immutable object version. Thread-safe. */
public sealed interface StoredObject permits ComposedObject, FileObject, SyntheticObject {

    Facts facts();

    default String key() {
        return facts().key();
    }

    /** In bytes. */
    default long size() {
        return facts().size();
    }

    default String etag() {
        return facts().etag();
    }

    default Instant lastModified() {
        return facts().lastModified();
    }

    default Attributes attributes() {
        return facts().attributes();
    }

    /** Whether replies carry {@code x-oss-hash-crc64ecma}. */
    default boolean offersCrc64() {
        return facts().offersCrc64();
    }

    /** The same version with other attributes. */
    StoredObject with(Attributes attributes);

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
