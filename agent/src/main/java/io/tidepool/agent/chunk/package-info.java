/** The vocabulary: object versions, chunks, blocks, landing buffers, and who waits for what first. JDK types only. */
@NullMarked
package io.tidepool.agent.chunk;

import org.jspecify.annotations.NullMarked;
