package io.tidepool.agent.chunk;

import java.util.Locale;

/** Where bytes were found, nearest first. */
public enum Tier {
    /** A landing buffer that already held them. */
    MEMORY,
    /** A cache file. */
    DISK,
    /** Another host. */
    PEER,
    /** The bucket or directory; a reader had to wait for it. */
    ORIGIN;

    /** The value of the label {@code tier} in metrics, and of JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
