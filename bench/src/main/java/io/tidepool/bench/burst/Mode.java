package io.tidepool.bench.burst;

import java.util.Locale;

/** A way to get a model to many hosts. */
enum Mode {
    /** Agents that share. */
    TIDEPOOL("Tidepool", true),
    /** The same agents, each alone: every host reads the bucket itself. */
    DIRECT("each host from the bucket", true),
    /** Every host reads one file server. */
    NAS("one file server", false),
    /** Host i + 1 copies each block from host i as it arrives. */
    CHAIN("chain", false);

    private final String title;
    private final boolean agents;

    Mode(String title, boolean agents) {
        this.title = title;
        this.agents = agents;
    }

    String title() {
        return title;
    }

    boolean hasAgents() {
        return agents;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
