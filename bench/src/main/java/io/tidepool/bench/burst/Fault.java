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
    ORIGIN_503(20),
    /** The cache files of one host rot: half of what it has gets a wrong byte, the other half is another place's bytes. */
    LIE(0),
    /** What one host has in its cache files becomes the bytes of another object version. */
    ANOTHER_VERSION(0),
    /** The cache files of one host are cut: what it sends ends too soon. */
    SHORT(0),
    /** One host has one upload slot, at 1 MiB/s, from the start: it is busy for all but one of the others, and slow for that. */
    BUSY(0);

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

    /** Nobody expects the victim's own load to end well. What rots under an agent is found when it is read anew. */
    boolean spoilsVictims() {
        return this == KILL || this == KILL_TRACKER || this == LIE || this == ANOTHER_VERSION;
    }

    /** What others notice of it, as they count their fetches from peers; empty: it shows otherwise. */
    String noticedAs() {
        return switch (this) {
            case LIE, ANOTHER_VERSION -> "corrupt";
            case SHORT -> "broken";
            case BUSY -> "busy";
            default -> "";
        };
    }

    /** A fault of the hosts themselves makes their own loads late, whatever the others do. */
    boolean delaysVictims() {
        return this == STOP || this == SLOW_LINK || this == SHORT;
    }
}
