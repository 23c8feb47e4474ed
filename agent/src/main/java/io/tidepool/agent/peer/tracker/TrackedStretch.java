package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Landed;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The chunks of one stretch, and what hosts say of them. */
final class TrackedStretch {
    /** Who has a reader waiting, then who has the fewest leases, then who came first. */
    private static final Comparator<Waiting> FIRST = Comparator.comparing(
                    (Waiting wait) -> !wait.want().demand())
            .thenComparingInt(wait -> wait.asker().host().leases())
            .thenComparingLong(Waiting::since);

    private final Stretch id;
    private final Leases leases;
    private final Outgoing outgoing;
    private final TrackerCounts counts;
    private final Arbiter arbiter;
    private final @Nullable TrackedChunk[] chunks = new TrackedChunk[Stretch.CHUNKS];
    private long touchedAt;
    private int waiting;

    TrackedStretch(
            Stretch id, long graceUntil, TrackedHosts hosts, Leases leases, Outgoing outgoing, TrackerCounts counts) {
        this.id = id;
        this.leases = leases;
        this.outgoing = outgoing;
        this.counts = counts;
        this.arbiter = new Arbiter(graceUntil, hosts, leases, counts);
    }

    void touched(long now) {
        touchedAt = now;
    }

    /** How many wants wait. */
    int waiting() {
        return waiting;
    }

    boolean isForgettable(long now) {
        if (now - touchedAt < Tracker.FORGET_NANOS) {
            return false;
        }
        for (TrackedChunk chunk : chunks) {
            if (chunk != null && !chunk.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    TrackedChunk known(int index) {
        return chunks[Math.floorMod(index, Stretch.CHUNKS)];
    }

    private TrackedChunk chunk(int index) {
        TrackedChunk chunk = known(index);
        if (chunk == null) {
            chunk = new TrackedChunk(index);
            chunks[index % Stretch.CHUNKS] = chunk;
        }
        return chunk;
    }

    void ask(TrackedHost from, Want want, long now) {
        if (!isMine(want.chunk())) {
            return;
        }
        TrackedChunk chunk = chunk(want.chunk());
        arbiter.asks(from, now);
        Place asker = chunk.place(from);
        Place last = asker.parent();
        asker.leave();
        chunk.setWhole(asker, false);
        asker.setLandedBlocks(want.landedBlocks());
        Waiting before = chunk.waiting(asker);
        Waiting wait = new Waiting(asker, want, before == null ? now : before.since());
        forgetWait(chunk, asker);
        Place lost = arbiter.complain(chunk, wait, now);
        if (lost != null) {
            remove(chunk, lost, now);
        }
        Answer answer = arbiter.decide(chunk, wait, last, now);
        if (answer == null) {
            chunk.waiting().add(wait);
            waiting++;
            arbiter.countWait(now);
        } else {
            outgoing.answer(from, id, answer);
        }
        if (last != null || lost != null || asker.lease() != null) {
            wake(chunk, now);
        }
    }

    void landed(TrackedHost from, Landed landed, long now) {
        int end = landed.firstBlock() + landed.crc32c().length;
        if (!isMine(landed.chunk()) || landed.firstBlock() < 0 || end > ChunkLayout.BLOCKS_PER_CHUNK) {
            return;
        }
        TrackedChunk chunk = chunk(landed.chunk());
        Place known = chunk.known(from);
        if (chunk.leaseCount() == 0 && (known == null || !known.isComplete())) {
            // It was given up for lost, or has its lease from an earlier tracker.
            known = chunk.place(from);
            chunk.lease(known, leases.begin(from, landed.firstBlock(), now));
        }
        Lease lease = known == null ? null : known.lease();
        if (known == null || lease == null) {
            return;
        }
        Place place = known;
        if (chunk.record().contradicts(landed.firstBlock(), landed.crc32c())) {
            conflict(chunk, place, now);
            return;
        }
        place.setLandedBlocks(Math.max(place.landedBlocks(), end));
        leases.landed(lease, end, now);
        setRecord(chunk, chunk.record().with(landed.firstBlock(), landed.crc32c()));
        wake(chunk, now);
    }

    void holding(TrackedHost from, Held held, long now) {
        if (!isMine(held.chunk())) {
            return;
        }
        TrackedChunk chunk = chunk(held.chunk());
        Place place = chunk.place(from);
        ChunkSums record = held.record();
        if (record != null && record.blocks() > ChunkLayout.BLOCKS_PER_CHUNK) {
            return;
        }
        if (record != null && chunk.record().contradicts(record)) {
            conflict(chunk, place, now);
            return;
        }
        boolean leaseIsOver = held.complete() && place.lease() != null;
        if (held.complete()) {
            forgetWait(chunk, place);
            place.leave();
            endLease(chunk, place, true, now);
            chunk.setWhole(place, true);
        } else {
            chunk.setWhole(place, false);
            if (record != null && place.lease() == null) {
                chunk.lease(place, leases.begin(from, record.blocks(), now));
            }
        }
        if (record == null) {
            outgoing.sums(from, id, held.chunk(), chunk.record());
        } else {
            place.setLandedBlocks(record.blocks());
            setRecord(chunk, chunk.record().with(record));
        }
        if (leaseIsOver) {
            answerWaiting(now); // it may have another one now
        } else {
            wake(chunk, now);
        }
    }

    void gone(TrackedHost from, int index, long now) {
        TrackedChunk chunk = isMine(index) ? known(index) : null;
        Place place = chunk == null ? null : chunk.known(from);
        if (chunk != null && place != null) {
            remove(chunk, place, now);
            wake(chunk, now);
        }
    }

    /** @param all also what it has whole; else only what it is fetching or waits for */
    void dropHost(TrackedHost host, boolean all, long now) {
        for (TrackedChunk chunk : chunks) {
            Place place = chunk == null ? null : chunk.known(host);
            if (chunk != null && place != null && (all || !place.isComplete())) {
                if (place.lease() != null) {
                    counts.add(Decision.LEASE_LOST);
                }
                remove(chunk, place, now);
                wake(chunk, now);
            }
        }
    }

    /** Ends the leases under which nothing has landed after {@code sinceNanos}; returns whether others are left. */
    boolean dropIdleLeases(long sinceNanos, long now) {
        int left = 0;
        for (TrackedChunk chunk : chunks) {
            if (chunk != null && chunk.leaseCount() > 0) {
                chunk.forEachPlace(place -> {
                    Lease lease = place.lease();
                    if (lease != null && lease.progressAt() - sinceNanos <= 0) {
                        remove(chunk, place, now);
                    }
                });
                wake(chunk, now);
                left += chunk.leaseCount();
            }
        }
        return left > 0;
    }

    /** Forgets who has what and all records; who waits goes on waiting, and one of them gets a lease. */
    void forgetAll(long now) {
        for (int i = 0; i < chunks.length; i++) {
            TrackedChunk old = chunks[i];
            if (old != null) {
                List<Waiting> left = List.copyOf(old.waiting());
                old.forEachPlace(place -> remove(old, place, now));
                chunks[i] = null;
                for (Waiting each : left) {
                    ask(each.asker().host(), each.want(), now);
                }
            }
        }
    }

    void answerWaiting(long now) {
        if (waiting > 0) {
            for (TrackedChunk chunk : chunks) {
                if (chunk != null) {
                    wake(chunk, now);
                }
            }
        }
    }

    /** Answers who can be answered now, the first of them first. */
    private void wake(TrackedChunk chunk, long now) {
        if (chunk.waiting().isEmpty()) {
            return;
        }
        List<Waiting> all = new ArrayList<>(chunk.waiting());
        all.sort(FIRST);
        for (Waiting each : all) {
            Answer answer = arbiter.decide(chunk, each, null, now);
            if (answer != null) {
                forgetWait(chunk, each.asker());
                outgoing.answer(each.asker().host(), id, answer);
            }
        }
    }

    private void forgetWait(TrackedChunk chunk, Place place) {
        int before = chunk.waiting().size();
        chunk.stopWaiting(place);
        waiting -= before - chunk.waiting().size();
    }

    private void remove(TrackedChunk chunk, Place place, long now) {
        endLease(chunk, place, false, now);
        forgetWait(chunk, place);
        chunk.remove(place);
    }

    private void endLease(TrackedChunk chunk, Place place, boolean whole, long now) {
        Lease lease = chunk.endLease(place);
        if (lease != null) {
            leases.end(lease, whole, now);
        }
    }

    private void conflict(TrackedChunk chunk, Place place, long now) {
        counts.add(Decision.CONFLICT);
        remove(chunk, place, now);
        wake(chunk, now);
    }

    private void setRecord(TrackedChunk chunk, ChunkSums record) {
        if (!record.equals(chunk.record())) {
            chunk.setRecord(record);
            chunk.forEachPlace(place -> {
                if (!place.isComplete() && place.lease() == null) {
                    outgoing.sums(place.host(), id, chunk.index(), record);
                }
            });
        }
    }

    /** A message that names a chunk of another stretch is not honest; what it says is left out. */
    private boolean isMine(int chunk) {
        return chunk >= 0 && chunk / Stretch.CHUNKS == id.number();
    }
}
