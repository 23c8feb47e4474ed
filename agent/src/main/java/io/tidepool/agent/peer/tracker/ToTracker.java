package io.tidepool.agent.peer.tracker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a host tells the tracker of a stretch. Immutable. */
public sealed interface ToTracker {
    /** What the message is about; a message is about one stretch only. Null for {@link Heartbeat}. */
    @Nullable
    Stretch stretch();

    /** Asks where to fetch chunks from. Each want is answered by one {@link FromTracker.Answer}, now or a little later. */
    record Ask(Stretch stretch, List<Want> wants) implements ToTracker {
        public Ask {
            wants = List.copyOf(wants);
        }
    }

    /**
     * One chunk that the sender wants. A host asks again for a chunk when a source failed it; the last answer counts.
     *
     * @param chunk index in the object
     * @param demand whether a reader waits for it
     * @param landedBlocks blocks that it has of the chunk already
     * @param failures the sources that failed the sender for this chunk, oldest first; the last one is why it asks again
     */
    record Want(int chunk, boolean demand, int landedBlocks, List<Failure> failures) {
        public Want {
            failures = List.copyOf(failures);
        }
    }

    /** One source that failed. */
    record Failure(String host, Reason reason) {}

    /** Why a source failed. */
    enum Reason {
        /** It has not the chunk. */
        MISSING,
        /** All its upload slots are taken. */
        BUSY,
        /** It can't be reached, or it ended in the middle. */
        BROKEN,
        /** Nothing comes from it, or much less than from others. */
        SLOW,
        /** Its bytes are not those of the record. */
        CORRUPT
    }

    /**
     * The holder of the lease on {@code chunk} has got these blocks from the origin. Keeps the lease alive.
     *
     * @param firstBlock index of the block in the chunk that {@code crc32c} begins with
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; nobody changes it
    record Landed(Stretch stretch, int chunk, int firstBlock, int[] crc32c) implements ToTracker {}

    /**
     * The sender has these whole chunks and keeps them; and, after it got a new tracker or joined, what it is still
     * fetching. The first record of a chunk that a tracker hears counts.
     */
    record Holding(Stretch stretch, List<Held> chunks) implements ToTracker {
        public Holding {
            chunks = List.copyOf(chunks);
        }
    }

    /**
     * One chunk that a host has or fetches.
     *
     * @param record null if it is still being fetched from another host
     * @param complete whether it is whole; else {@code record} has the blocks that landed from the origin under a lease
     */
    record Held(int chunk, @Nullable ChunkSums record, boolean complete) {}

    /** The sender has these chunks no longer, or gave up fetching them: leases on them end. */
    @SuppressWarnings("ArrayRecordComponent")
    record Gone(Stretch stretch, int[] chunks) implements ToTracker {}

    /** The chunks of this stretch did not add up to the object: forget all that is known of them, for every host. */
    record Wrong(Stretch stretch) implements ToTracker {}

    /**
     * The sender lives. Sent each {@link Tracker#HEARTBEAT_NANOS} to the trackers that it has asked or told anything, each
     * {@link Tracker#IDLE_HEARTBEAT_NANOS} to the others.
     *
     * @param uploads chunks that it is sending to others now
     * @param uploadSlots how many it may
     * @param idle whether it has asked and told nothing: the next comes that late, and this one wants an answer at once
     */
    record Heartbeat(int uploads, int uploadSlots, boolean idle) implements ToTracker {
        /** To a tracker that it has asked or told something. */
        public Heartbeat(int uploads, int uploadSlots) {
            this(uploads, uploadSlots, false);
        }

        @Override
        public @Nullable Stretch stretch() {
            return null;
        }
    }
}
