/** Buckets and objects: in memory, in a directory, or synthetic. Knows nothing of HTTP. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.store;
