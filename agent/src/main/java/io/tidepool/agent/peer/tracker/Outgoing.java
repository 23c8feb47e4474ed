package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.FromTracker.Answers;
import io.tidepool.agent.peer.tracker.FromTracker.ChunkUpdate;
import io.tidepool.agent.peer.tracker.FromTracker.Heartbeat;
import io.tidepool.agent.peer.tracker.FromTracker.Sums;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a tracker has to say when the call that it is in ends: one message a host and stretch, and kind. */
final class Outgoing {
    private static final Heartbeat HEARTBEAT = new Heartbeat();

    private final Tracker.Outbox outbox;
    private final TrackerCounts counts;
    private final Map<To, List<Answer>> answers = new LinkedHashMap<>();
    private final Map<To, Map<Integer, ChunkUpdate>> sums = new LinkedHashMap<>();

    private record To(String host, Stretch stretch) {}

    Outgoing(Tracker.Outbox outbox, TrackerCounts counts) {
        this.outbox = outbox;
        this.counts = counts;
    }

    void answer(TrackedHost to, Stretch stretch, Answer answer) {
        answers.computeIfAbsent(new To(to.id(), stretch), _ -> new ArrayList<>())
                .add(answer);
    }

    /** The last update of a chunk counts. */
    void sums(TrackedHost to, Stretch stretch, int chunk, ChunkSums record) {
        sums.computeIfAbsent(new To(to.id(), stretch), _ -> new LinkedHashMap<>())
                .put(chunk, new ChunkUpdate(chunk, record));
    }

    void heartbeat(String host) {
        send(host, HEARTBEAT);
    }

    void flush() {
        if (!answers.isEmpty()) {
            answers.forEach((to, all) -> send(to.host, new Answers(to.stretch, all)));
            answers.clear();
        }
        if (!sums.isEmpty()) {
            sums.forEach((to, all) -> send(to.host, new Sums(to.stretch, List.copyOf(all.values()))));
            sums.clear();
        }
    }

    private void send(String host, FromTracker message) {
        counts.sent();
        outbox.send(host, message);
    }
}
