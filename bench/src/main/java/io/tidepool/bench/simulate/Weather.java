package io.tidepool.bench.simulate;

/** What the network and the bucket do to messages, transfers and requests. */
interface Weather {
    /** Nothing bad. */
    static Weather fair(long messageNanos) {
        return new Weather() {
            @Override
            public long messageNanos(SimHost from, SimHost to) {
                return messageNanos;
            }
        };
    }

    /** How long a message takes; negative if it is lost. */
    long messageNanos(SimHost from, SimHost to);

    /** Whether two hosts reach each other at present. */
    default boolean connects(SimHost one, SimHost other) {
        return true;
    }

    /** Whether the bucket answers 503 at present. */
    default boolean originFails() {
        return false;
    }
}
