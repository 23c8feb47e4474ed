/** The vocabulary: object versions, chunks, blocks, landing buffers. JDK types only. */
@NullMarked
package io.tidepool.agent.chunk;

import org.jspecify.annotations.NullMarked;
