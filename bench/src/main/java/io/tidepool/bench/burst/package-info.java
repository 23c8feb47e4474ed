/** Many hosts that load one model at once: Tidepool, and what one would do without it. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.burst;
