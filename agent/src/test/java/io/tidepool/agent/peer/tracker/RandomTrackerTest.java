package io.tidepool.agent.peer.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds whatever hosts do, say, lose and suffer: random fleets that talk to one tracker. */
final class RandomTrackerTest {
    private static final int CHUNKS = 6;
    private static final long STEP_NANOS = 50_000_000L;
    /** A want is answered within that: what it may wait, and a tick. */
    private static final long PATIENCE_NANOS = Tracker.SHARE_NANOS + 3 * STEP_NANOS;

    private static final List<Reason> SOME_REASONS = List.of(Reason.MISSING, Reason.BUSY, Reason.BROKEN, Reason.SLOW);

    private enum State {
        NOTHING,
        ASKING,
        LEASED,
        FETCHING,
        WHOLE
    }

    /** One host's dealings with one chunk. */
    private static final class Dealing {
        private State state = State.NOTHING;
        private final List<Failure> failures = new ArrayList<>();
        private @Nullable String source;
        private int blocks;
        private long askedAt;
        private boolean askLost;
    }

    private static final class Fleet {
        private final Random random;
        private final TrackerRig rig;
        private final int hosts;
        private final Dealing[][] dealings;
        private final boolean[] dead;
        private final double loss;
        private long doubles;
        private int leases;
        private int answers;

        Fleet(long seed) {
            random = new Random(seed);
            hosts = 3 + random.nextInt(18);
            rig = new TrackerRig(hosts);
            loss = random.nextInt(2) * 0.05;
            dead = new boolean[hosts];
            dealings = new Dealing[hosts][CHUNKS];
            for (Dealing[] each : dealings) {
                Arrays.setAll(each, _ -> new Dealing());
            }
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                for (int i = 0; i < hosts; i++) {
                    act(random.nextInt(hosts), random.nextInt(CHUNKS));
                }
                pass();
                check();
            }
        }

        private void pass() {
            rig.now += STEP_NANOS;
            if (rig.now / STEP_NANOS % 10 == 0) {
                for (int host = 0; host < hosts; host++) {
                    if (!dead[host]) {
                        rig.tracker.receive(TrackerRig.id(host), new ToTracker.Heartbeat(0, 64), rig.now);
                    }
                }
            }
            rig.tracker.tick(rig.now);
            for (int host = 0; host < hosts; host++) {
                hear(host);
            }
        }

        private void act(int host, int chunk) {
            if (dead[host]) {
                return;
            }
            if (random.nextInt(3000) == 0
                    && !TrackerRig.id(host).equals(rig.view().self().id())) {
                dead[host] = true;
                return;
            }
            Dealing its = dealings[host][chunk];
            switch (its.state) {
                case NOTHING -> ask(host, chunk, its);
                case ASKING -> askAgainIfLate(host, chunk, its);
                case LEASED -> land(host, chunk, its);
                case FETCHING -> fetch(host, chunk, its);
                case WHOLE -> {
                    if (random.nextInt(40) == 0) {
                        its.state = State.NOTHING;
                        its.blocks = 0;
                        its.failures.clear();
                        rig.gone(host, chunk);
                    }
                }
            }
            hear(host);
        }

        private void ask(int host, int chunk, Dealing its) {
            its.state = State.ASKING;
            its.askedAt = rig.now;
            its.askLost = random.nextDouble() < loss;
            if (!its.askLost) {
                rig.tracker.receive(
                        TrackerRig.id(host),
                        new ToTracker.Ask(
                                TrackerRig.STRETCH,
                                List.of(new Want(chunk, random.nextBoolean(), its.blocks, its.failures))),
                        rig.now);
            }
        }

        private void askAgainIfLate(int host, int chunk, Dealing its) {
            if (its.askLost && rig.now - its.askedAt > 2 * Tracker.QUEUE_NANOS) {
                ask(host, chunk, its);
            }
        }

        private void land(int host, int chunk, Dealing its) {
            if (random.nextInt(60) == 0) {
                its.state = State.NOTHING;
                its.failures.clear();
                rig.gone(host, chunk);
            } else if (its.blocks < TrackerRig.BLOCKS) {
                rig.landed(host, chunk, its.blocks++, 1);
            } else {
                its.state = State.WHOLE;
                rig.holding(host, chunk);
            }
        }

        private void fetch(int host, int chunk, Dealing its) {
            String source = Objects.requireNonNull(its.source);
            Dealing from = dealings[source.charAt(0) - 'a'][chunk];
            Reason failure = dead[source.charAt(0) - 'a']
                    ? Reason.BROKEN
                    : from.state == State.NOTHING
                            ? Reason.MISSING
                            : random.nextInt(20) == 0 ? SOME_REASONS.get(random.nextInt(SOME_REASONS.size())) : null;
            if (failure != null) {
                its.failures.removeIf(each -> each.host().equals(source));
                its.failures.add(new Failure(source, failure));
                ask(host, chunk, its);
            } else if (from.blocks > its.blocks) {
                its.blocks++;
            } else if (its.blocks == TrackerRig.BLOCKS) {
                its.state = State.WHOLE;
                rig.holding(host, chunk);
            }
        }

        private void hear(int host) {
            for (Answer answer : rig.allAnswers(host)) {
                Dealing its = dealings[host][answer.chunk()];
                answers++;
                if (its.state != State.ASKING || dead[host]) {
                    continue;
                }
                switch (answer) {
                    case Answer.Lease lease -> {
                        its.state = State.LEASED;
                        leases++;
                        mayBeLeased(host, lease.chunk());
                    }
                    case Answer.From from -> {
                        its.state = State.FETCHING;
                        its.source = from.host().id();
                        assertThat(from.host().id()).isNotEqualTo(TrackerRig.id(host));
                    }
                }
            }
        }

        /** A host that is alive and heard has the lease alone, or the second one is counted. */
        private void mayBeLeased(int host, int chunk) {
            boolean other = false;
            for (int each = 0; each < hosts; each++) {
                other |= each != host && !dead[each] && dealings[each][chunk].state == State.LEASED;
            }
            long counted = rig.count(Decision.DOUBLE_SLOW)
                    + rig.count(Decision.DOUBLE_UNREACHABLE)
                    + rig.count(Decision.LEASE_LOST);
            assertThat(!other || counted > doubles)
                    .as("chunk %d leased to %s while it was", chunk, TrackerRig.id(host))
                    .isTrue();
            doubles += other ? 1 : 0;
        }

        private void check() {
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                TrackedChunk known = rig.tracker.chunk(TrackerRig.STRETCH, chunk);
                if (known != null) {
                    known.forEachPlace(Fleet::hasNoCycle);
                }
                for (int host = 0; host < hosts; host++) {
                    Dealing its = dealings[host][chunk];
                    if (its.state == State.ASKING && !dead[host] && !its.askLost) {
                        assertThat(rig.now - its.askedAt)
                                .as("%s waits for chunk %d", TrackerRig.id(host), chunk)
                                .isLessThanOrEqualTo(PATIENCE_NANOS);
                    }
                }
            }
        }

        private static void hasNoCycle(Place place) {
            Set<Place> path = new HashSet<>();
            for (Place at = place; at != null; at = at.parent()) {
                assertThat(path.add(at)).as("no cycle").isTrue();
            }
        }
    }

    @Test
    void noCycleNoSecondLeaseAndNobodyWaitsForEver() {
        long doubles = 0;
        for (long seed = 0; seed < 150; seed++) {
            Fleet fleet = new Fleet(seed);
            fleet.run(400);
            assertThat(fleet.answers).isGreaterThan(3 * fleet.hosts);
            assertThat(fleet.leases).isPositive();
            doubles += fleet.doubles;
        }
        assertThat(doubles).as("second leases, each counted").isPositive();
    }
}
