package io.tidepool.agent.peer.control;

import io.tidepool.agent.peer.tracker.ToTracker;

/** The way to one tracker: over the network, or within the process. Its user calls it from one thread only. */
interface Link {
    /** Never waits; what can't be sent is lost, and its loss shows as silence. */
    void send(ToTracker message);

    void close();
}
