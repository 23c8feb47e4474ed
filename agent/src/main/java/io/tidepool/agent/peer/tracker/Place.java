package io.tidepool.agent.peer.tracker;

import org.jspecify.annotations.Nullable;

/**
 * One host in one chunk's tree: it has the chunk, or is fetching it from its parent, or from the origin under a lease.
 */
final class Place {
    private final TrackedHost host;
    private boolean complete;
    private @Nullable Lease lease;
    private @Nullable Place parent;
    private int children;
    private int sent;
    private int landedBlocks;

    Place(TrackedHost host) {
        this.host = host;
    }

    TrackedHost host() {
        return host;
    }

    boolean isComplete() {
        return complete;
    }

    /** For the chunk, which counts those that are. */
    void setComplete(boolean value) {
        complete = value;
    }

    /** Its leave to fetch from the origin; null if it has none. */
    @Nullable
    Lease lease() {
        return lease;
    }

    void setLease(@Nullable Lease given) {
        lease = given;
    }

    @Nullable
    Place parent() {
        return parent;
    }

    /** How many places fetch from it now. */
    int children() {
        return children;
    }

    /** How many copies others were told to fetch from it, so far. */
    int sent() {
        return sent;
    }

    void addSent(int copies) {
        int before = sent;
        sent = Math.max(0, sent + copies);
        host.addSent(sent - before);
    }

    /** Blocks that it had when it last told, at least. */
    int landedBlocks() {
        return landedBlocks;
    }

    void setLandedBlocks(int count) {
        landedBlocks = count;
    }

    void follow(Place newParent) {
        leave();
        parent = newParent;
        newParent.children++;
        newParent.host.addChildren(1);
    }

    /** It fetches from nobody now. */
    void leave() {
        if (parent != null) {
            parent.children--;
            parent.host.addChildren(-1);
            parent = null;
        }
    }

    /**
     * Through how many hosts bytes come to it: 0 if it is whole or has a lease. -1 if none come, as far as is known, or if
     * they come through {@code asker}.
     */
    int depthFor(Place asker) {
        int depth = 0;
        for (Place at = this; at != null && at != asker; at = at.parent) {
            if (at.complete || at.lease != null) {
                return depth;
            }
            depth++;
        }
        return -1;
    }
}
