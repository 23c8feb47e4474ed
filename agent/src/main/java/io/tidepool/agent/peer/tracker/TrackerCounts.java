package io.tidepool.agent.peer.tracker;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** What a tracker decided and how much it talked, since it began. Not thread-safe. */
public final class TrackerCounts {
    private final Map<Decision, Long> decisions = new EnumMap<>(Decision.class);
    private long received;
    private long sent;

    void add(Decision decision) {
        decisions.merge(decision, 1L, Long::sum);
    }

    void received() {
        received++;
    }

    void sent() {
        sent++;
    }

    public long of(Decision decision) {
        return decisions.getOrDefault(decision, 0L);
    }

    /** Messages that came in, heartbeats among them. */
    public long messagesReceived() {
        return received;
    }

    /** Messages that went out, heartbeats among them. */
    public long messagesSent() {
        return sent;
    }

    /** All decisions that were taken at all; live. */
    public Map<Decision, Long> decisions() {
        return Collections.unmodifiableMap(decisions);
    }
}
