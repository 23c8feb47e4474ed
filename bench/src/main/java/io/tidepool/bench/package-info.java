/** The demo and the benchmarks, as commands beside the agent's own. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench;
