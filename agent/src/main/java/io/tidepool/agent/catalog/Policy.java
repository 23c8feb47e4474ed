package io.tidepool.agent.catalog;

/** How eagerly files under a mount are read ahead. */
public enum Policy {
    /** The whole model, once tensor data is read. */
    MODEL,
    /** The whole file, once it is read in sequence. */
    FILE,
    /** Some chunks before the reader. */
    WINDOW,
    /** Nothing that was not asked for. */
    OFF
}
