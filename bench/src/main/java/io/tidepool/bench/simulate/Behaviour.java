package io.tidepool.bench.simulate;

/** How a host treats the others. */
enum Behaviour {
    HONEST,
    /** Sends bytes that are not those of the chunk. */
    FLIPS,
    /** Says that all its upload slots are taken, always. */
    BUSY,
    /** Takes requests and sends nothing. */
    STALLS,
    /** Ends each transfer in the middle. */
    SHORT,
    /** Says that it has chunks that it has not. */
    CLAIMS,
    /** Keeps other bytes than the bucket's, with checksums that fit them. */
    POISONS
}
