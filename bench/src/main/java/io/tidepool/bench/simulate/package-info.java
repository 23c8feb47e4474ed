/**
 * A fleet under a seeded clock: the agent's own decisions (trackers, a chunk's way, the order of read-ahead, what is slow)
 * over modelled links and messages.
 */
@NullMarked
package io.tidepool.bench.simulate;

import org.jspecify.annotations.NullMarked;
