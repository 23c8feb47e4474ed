package io.tidepool.agent.peer.tracker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tracker tells a host. Immutable. */
public sealed interface FromTracker {
    /** Answers to wants; a host takes the last one for a chunk. */
    record Answers(Stretch stretch, List<Answer> answers) implements FromTracker {
        public Answers {
            answers = List.copyOf(answers);
        }
    }

    /** Where to fetch one chunk from. */
    sealed interface Answer {
        /** Index in the object. */
        int chunk();

        /**
         * Fetch it from the origin; nobody else does. The lease lasts while blocks land or heartbeats come; the holder
         * reports each block and the end.
         */
        record Lease(int chunk) implements Answer {}

        /**
         * Fetch it from {@code host}, which has it or is fetching it. What is known of its checksums comes along, and the
         * rest in {@link Sums} as it becomes known, without being asked for.
         *
         * @param whole whether the host has all of it; else what comes from there comes as it lands there
         */
        record From(int chunk, PeerHost host, ChunkSums record, boolean whole) implements Answer {}
    }

    /** More checksums of chunks that the receiver was told to fetch from a host. */
    record Sums(Stretch stretch, List<ChunkUpdate> updates) implements FromTracker {
        public Sums {
            updates = List.copyOf(updates);
        }
    }

    /**
     * All that is known of a chunk's checksums now.
     *
     * @param chunk index in the object
     */
    record ChunkUpdate(int chunk, ChunkSums record) {}

    /**
     * The tracker lives; sent every {@link Tracker#HEARTBEAT_NANOS} to every host that it has heard lately, and to idle ones as
     * the answer to theirs.
     */
    record Heartbeat() implements FromTracker {}

    /** Which stretch it is about; null for {@link Heartbeat}. */
    default @Nullable Stretch about() {
        return switch (this) {
            case Answers answers -> answers.stretch();
            case Sums sums -> sums.stretch();
            case Heartbeat _ -> null;
        };
    }
}
