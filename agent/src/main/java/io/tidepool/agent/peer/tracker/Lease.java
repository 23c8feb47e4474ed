package io.tidepool.agent.peer.tracker;

/** One host's leave to fetch one chunk from the origin, and how far it came; owned by {@link Leases}. */
final class Lease {
    private final TrackedHost holder;
    private final long since;
    private int blocks;
    private long progressAt;

    Lease(TrackedHost holder, long now) {
        this.holder = holder;
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

    double blocksPerSecond(long now) {
        return blocks * 1e9 / Math.max(1, now - since);
    }
}
