package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.VersionId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Has a host ask for few chunks of an object at first, and for more as time goes on.
 *
 * <p>Hosts that start together do so within some hundred milliseconds. The first of them would be given leave to fetch most of a
 * small model before the others ask, and its link would be what all wait for: what one fetches from the origin, it sends on. Chunks
 * that a reader waits for don't wait here. Thread-safe.
 */
final class SlowStart {
    private static final int AT_FIRST = 4;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** By then it allows more than there are landing buffers, as a rule, and is over in any case. */
    private static final long END_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    /** After that long without a chunk, the next one begins a load. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Map<VersionId, Load> loads = new HashMap<>();

    private static final class Load {
        private final Set<Integer> underWay = new HashSet<>();
        private final long startNanos;
        private long lastNanos;

        private Load(long now) {
            this.startNanos = now;
            this.lastNanos = now;
        }

        private boolean mayBegin(long now) {
            long age = now - startNanos;
            return age >= END_NANOS || underWay.size() < AT_FIRST + age / STEP_NANOS;
        }
    }

    /** Waits until the chunk may be asked for; {@link #ended} follows. */
    void enter(ChunkId id, FillTicket ticket) throws InterruptedException {
        while (!tryEnter(id, ticket.priority(), System.nanoTime())) {
            TimeUnit.NANOSECONDS.sleep(STEP_NANOS);
        }
    }

    synchronized boolean tryEnter(ChunkId id, Priority priority, long now) {
        loads.values().removeIf(load -> load.underWay.isEmpty() && now - load.lastNanos >= IDLE_NANOS);
        Load load = loads.computeIfAbsent(id.version().id(), _ -> new Load(now));
        if (priority != Priority.DEMAND && !load.mayBegin(now)) {
            return false;
        }
        load.lastNanos = now;
        load.underWay.add(id.index());
        return true;
    }

    /** The chunk is here, or won't be; nothing happens if it did not enter. */
    synchronized void ended(ChunkId id) {
        Load load = loads.get(id.version().id());
        if (load != null) {
            load.underWay.remove(id.index());
        }
    }
}
