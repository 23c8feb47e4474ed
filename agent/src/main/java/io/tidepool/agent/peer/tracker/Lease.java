package io.tidepool.agent.peer.tracker;

/** One host's leave to fetch one chunk from the origin, and how far it came; owned by {@link Leases}. */
final class Lease {
    private final TrackedHost holder;
    private final long since;
    private final int blocksBefore;
    private int blocks;
    private long progressAt;

    /** @param blocksBefore that the holder had of the chunk already */
    Lease(TrackedHost holder, int blocksBefore, long now) {
        this.holder = holder;
        this.blocksBefore = blocksBefore;
        this.blocks = blocksBefore;
        this.since = now;
        this.progressAt = now;
    }

    TrackedHost holder() {
        return holder;
    }

    void landed(int landedBlocks, long now) {
        if (landedBlocks > blocks) {
            blocks = landedBlocks;
            progressAt = now;
        }
    }

    long ageNanos(long now) {
        return now - since;
    }

    long since() {
        return since;
    }

    /** Since when nothing has landed. */
    long progressAt() {
        return progressAt;
    }

    /** Blocks of the chunk that the holder has. */
    int landedBlocks() {
        return blocks;
    }

    /** Blocks that have landed under it. */
    int blocks() {
        return blocks - blocksBefore;
    }

    double blocksPerSecond(long now) {
        return blocks() * 1e9 / Math.max(1, now - since);
    }
}
