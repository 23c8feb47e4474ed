package io.tidepool.emulator.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/** One immutable object version. Thread-safe. */
public sealed interface StoredObject permits MemoryObject, FileObject, SyntheticObject {

    String key();

    /** In bytes. */
    long size();

    /** 32 upper-case hex digits (a big file's ends in {@code -1}), without the quotes. */
    String etag();

    /** Whole seconds. */
    Instant lastModified();

    /** {@code content-type} and {@code x-oss-meta-*} as they were put; names in lower case. */
    Map<String, String> headers();

    /** Whether replies carry {@code x-oss-hash-crc64ecma}; real OSS may leave it out too. */
    boolean offersCrc64();

    ObjectBody open() throws IOException;
}
