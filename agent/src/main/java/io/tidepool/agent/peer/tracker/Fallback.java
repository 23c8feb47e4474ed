package io.tidepool.agent.peer.tracker;

/** Why a host fetches a chunk from the origin without a lease. */
public enum Fallback {
    /** The tracker and the next in rank are silent. */
    TRACKER_SILENT,
    /** The tracker lives, but did not answer in time. */
    NO_ANSWER,
    /** Too many sources failed. */
    SOURCES_FAILED,
    /** Nothing came from any source for too long. */
    STALLED
}
