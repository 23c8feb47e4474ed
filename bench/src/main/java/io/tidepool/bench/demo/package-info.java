/** {@code tidepool demo}: a newcomer sees a model come from a bucket, and every byte compared. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.demo;
