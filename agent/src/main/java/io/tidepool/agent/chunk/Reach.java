package io.tidepool.agent.chunk;

/** How far a miss may travel. A peer's request stops at DISK, so there are no loops. */
public enum Reach {
    MEMORY(Tier.MEMORY),
    DISK(Tier.DISK),
    PEERS(Tier.PEER),
    ORIGIN(Tier.ORIGIN);

    private final Tier farthest;

    Reach(Tier farthest) {
        this.farthest = farthest;
    }

    /** Whether a source of {@code tier} may be asked. */
    public boolean covers(Tier tier) {
        return tier.compareTo(farthest) <= 0;
    }
}
