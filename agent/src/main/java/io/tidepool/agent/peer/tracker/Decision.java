package io.tidepool.agent.peer.tracker;

/** What a {@link Tracker} decides, for accounts. */
public enum Decision {
    /** A lease on a chunk that nobody had. */
    LEASE,
    /** A lease on a chunk whose last lease ended without it, or whose holders are gone or failed the asker. */
    LEASE_NEXT,
    /** The holder of a lease asked again and was told so again. */
    LEASE_AGAIN,
    /** A second lease on a chunk: the first one is slow, and others are not. */
    DOUBLE_SLOW,
    /** A second lease on a chunk: the asker can't get it from the holder of the first one. */
    DOUBLE_UNREACHABLE,
    /** A host to fetch from. */
    FROM,
    /** The same host again: that nothing comes from it is not its fault. */
    FROM_AGAIN,
    /** A host that serves two others the same chunk already, since nobody else came free in time. */
    CROWDED,
    /** The want waits until a host comes free. */
    WAIT,
    /** The want waits because the tracker is new and holders may still announce themselves. */
    WAIT_GRACE,
    /** A lease ended because its holder was silent, left, or has not the chunk. */
    LEASE_LOST,
    /** A record that differs from the first one: its sender is no source of that chunk. */
    CONFLICT,
    /** A host that gave bad bytes is no source for a while. */
    EJECTION,
    /** A stretch whose chunks are not the object, forgotten. */
    WRONG
}
