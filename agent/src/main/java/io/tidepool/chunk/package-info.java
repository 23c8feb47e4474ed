/** Placeholder. */
@org.jspecify.annotations.NullMarked
package io.tidepool.chunk;
