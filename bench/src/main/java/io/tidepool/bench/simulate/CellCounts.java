package io.tidepool.bench.simulate;

import io.tidepool.agent.peer.tracker.Fallback;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import java.util.EnumMap;
import java.util.Map;

/** What happened in a cell. */
final class CellCounts {
    long originBytes;
    long peerBytes;
    long originRequests;
    long messages;
    long heartbeats;
    long lostMessages;
    long announcements;
    long errors;
    long wrongObjects;
    long wrongReads;
    final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
    final Map<Fallback, Long> fallbacks = new EnumMap<>(Fallback.class);

    void failed(Reason reason) {
        failures.merge(reason, 1L, Long::sum);
    }

    void fellBack(Fallback why) {
        fallbacks.merge(why, 1L, Long::sum);
    }
}
