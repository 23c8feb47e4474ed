package io.tidepool.agent.chunk;

/** Who waits for a chunk. Demand goes before read-ahead wherever something is scarce. */
public enum Priority {
    /** A reader is waiting. */
    DEMAND,
    /** Nobody waits yet: read-ahead, streaming, warm-up. */
    READ_AHEAD
}
