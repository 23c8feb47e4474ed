package io.tidepool.bench.burst;

import java.util.Locale;

/** What goes wrong in the middle of a burst. */
enum Fault {
    NONE(0),
    /** SIGKILL of an agent that has and sends chunks. */
    KILL(0),
    /** SIGKILL of the agent that was asked most for where chunks are. */
    KILL_TRACKER(0),
    /** SIGSTOP of an agent: its connections stay, and nobody answers. */
    STOP(30),
    /** The hosts fall into halves that can't reach each other; the bucket is there for all. */
    PARTITION(20),
    /** One host's link has a tenth of its bandwidth, from the start. */
    SLOW_LINK(0),
    /** The bucket answers every GET with 503. */
    ORIGIN_503(20);

    private final int seconds;

    Fault(int seconds) {
        this.seconds = seconds;
    }

    /** How long it lasts; 0: for good. */
    int seconds() {
        return seconds;
    }

    /** As options and reports call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Nobody expects its loads to end. */
    boolean endsHost() {
        return this == KILL || this == KILL_TRACKER;
    }

    /** A fault of the hosts themselves makes their own loads late, whatever the others do. */
    boolean delaysVictims() {
        return this == STOP || this == SLOW_LINK;
    }
}
