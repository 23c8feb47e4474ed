package io.tidepool.bench.burst;

import java.util.Locale;

/** How the loads of a burst lie in time, and what they are of. */
enum Scenario {
    /** All hosts load one model at once. */
    BURST,
    /** A host every two seconds. */
    STAGGERED,
    /** The last host starts its agent, joins and loads when the first of the others is done. */
    LATE_JOIN,
    /** All agents end after a burst, start again, and load the same. */
    RESTART,
    /** Each host loads 6 of 24 models, each of which is loaded by others too. */
    OVERLAP;

    /** As options and reports call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
