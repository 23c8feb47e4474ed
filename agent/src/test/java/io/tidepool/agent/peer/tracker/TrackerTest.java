package io.tidepool.agent.peer.tracker;

import static io.tidepool.agent.peer.tracker.TrackerRig.failure;
import static io.tidepool.agent.peer.tracker.TrackerRig.id;
import static io.tidepool.agent.peer.tracker.TrackerRig.record;
import static io.tidepool.agent.peer.tracker.TrackerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.FromTracker.ChunkUpdate;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How askers are sent to each other when all goes well: leases, trees, sums. */
final class TrackerTest {
    @Test
    void oneHostLeavesLeasesToTheOthers() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 0);
        assertThat(rig.ask(0, 1, 0)).as("others may be about to ask").isNull();
        rig.passAll(250);
        assertThat(rig.answer(0)).as("nobody else loads").isEqualTo(new Answer.Lease(1));
        rig.lease(1, 10);
        assertThat(rig.ask(0, 11, 0)).as("it has enough").isNull();
        assertThat(rig.ask(0, 12, 0)).isNull();
        assertThat(rig.ask(0, new Want(13, true, 0, List.of())))
                .as("a reader waits")
                .isEqualTo(new Answer.Lease(13));
        rig.landed(1, 10, 0, 1);
        rig.landed(1, 10, 1, 1);
        rig.lease(2, 11);
        assertThat(source(rig.answer(0))).as("it fetches from who fetches it").isEqualTo(2);
        rig.passAll(7900);
        assertThat(rig.answer(0)).isNull();
        rig.passAll(200);
        assertThat(rig.answer(0)).as("nobody else wants it").isEqualTo(new Answer.Lease(12));
    }

    @Test
    void noMoreChunksLeaveTheOriginAtATimeThanItsLinkCarries() {
        TrackerRig rig = new TrackerRig(16);
        for (int host = 0; host < 4; host++) {
            rig.lease(host, host);
        }
        assertThat(rig.ask(4, 4, 0)).as("nobody knows yet what it carries").isNull();
        assertThat(rig.ask(5, new Want(5, true, 0, List.of())))
                .as("a reader waits")
                .isEqualTo(new Answer.Lease(5));
        rig.landed(0, 0, 0, 1);
        rig.passAll(250); // of five, each may take 1.5 s
        rig.landed(0, 0, 1, 1);
        assertThat(rig.ask(6, 6, 0)).as("one more").isNull();
        rig.landed(0, 0, 2, 1);
        rig.passAll(100);
        assertThat(rig.answer(4)).as("two").isEqualTo(new Answer.Lease(4));
        assertThat(rig.answer(6)).isNull();
        rig.holding(0, 0);
        assertThat(rig.answer(6)).as("one less").isEqualTo(new Answer.Lease(6));
        rig.landed(1, 1, 0, 1);
        rig.passAll(1600);
        rig.landed(1, 1, 1, 1);
        rig.holding(2, 2);
        assertThat(rig.ask(7, 7, 0)).as("late").isNull();
        rig.passAll(8100);
        assertThat(rig.answer(7)).as("nor for ever").isEqualTo(new Answer.Lease(7));
    }

    @Test
    void whoIsDoneWithLeasesGetsMore() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(1, 20);
        rig.lease(0, 0);
        assertThat(rig.ask(0, 1, 0)).isNull();
        assertThat(rig.ask(0, 2, 0)).isNull();
        assertThat(rig.ask(0, 3, 0)).isNull();
        rig.holding(0, 0);
        assertThat(rig.allAnswers(0)).as("one ended").containsExactly(new Answer.Lease(1), new Answer.Lease(2));
        rig.passAll(1000);
        rig.holding(0, 1);
        rig.holding(0, 2);
        assertThat(rig.answer(0)).as("two ended").isEqualTo(new Answer.Lease(3));
    }

    @Test
    void aLeaseGoesToTheWaitingHostWithTheFewest() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 0);
        rig.lease(1, 10);
        rig.ask(1, new Want(11, true, 0, List.of()));
        assertThat(rig.ask(1, 30, 0)).isNull();
        assertThat(rig.ask(0, 30, 0)).isNull();
        rig.passAll(8100);
        assertThat(rig.answer(0)).isEqualTo(new Answer.Lease(30));
        assertThat(source(rig.answer(1))).isZero();
    }

    @Test
    void theFirstAskerGetsTheLeaseAndTheNextFetchesFromIt() {
        TrackerRig rig = new TrackerRig(3);
        rig.lease(0, 5);
        rig.landed(0, 5, 0, 2);
        Answer answer = rig.ask(1, 5, 0);
        assertThat(source(answer)).isZero();
        assertThat(((Answer.From) answer).record().blocks()).isEqualTo(2);
        assertThat(rig.count(Decision.LEASE)).isOne();
        assertThat(rig.tracker.leases()).isOne();
        rig.holding(0, 5);
        assertThat(rig.tracker.leases()).isZero();
    }

    @Test
    void whoHoldsALeaseIsToldSoAgain() {
        TrackerRig rig = new TrackerRig(3);
        rig.lease(0, 5);
        rig.lease(0, 5);
        assertThat(rig.count(Decision.LEASE_AGAIN)).isOne();
        assertThat(rig.tracker.leases()).isOne();
    }

    @Test
    void askersFormATreeOfTwoChildrenEach() {
        TrackerRig rig = new TrackerRig(15);
        rig.lease(0, 5);
        Map<Integer, Integer> parents = new HashMap<>();
        for (int host = 1; host < 15; host++) {
            parents.put(host, source(rig.ask(host, 5, 0)));
        }
        for (int parent = 0; parent < 15; parent++) {
            int of = parent;
            assertThat(parents.values().stream().filter(p -> p == of).count()).isLessThanOrEqualTo(2);
        }
        assertThat(depth(parents, 15)).isBetween(4, 7);
        assertThat(rig.count(Decision.LEASE)).isOne();
    }

    private static int depth(Map<Integer, Integer> parents, int hosts) {
        int deepest = 0;
        for (int host = 0; host < hosts; host++) {
            Set<Integer> path = new HashSet<>();
            for (Integer at = host; at != null; at = parents.get(at)) {
                assertThat(path.add(at)).as("no cycle").isTrue();
            }
            deepest = Math.max(deepest, path.size());
        }
        return deepest;
    }

    @Test
    void sumsGoToAllThatFetchInOneMessageACall() {
        TrackerRig rig = new TrackerRig(5);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.ask(2, 5, 0);
        rig.said(0);
        rig.landed(0, 5, 0, 3);
        ChunkSums three = ChunkSums.NONE.with(0, new int[] {5001, 5002, 5003});
        assertThat(rig.sums(1)).containsExactly(new ChunkUpdate(5, three));
        assertThat(rig.sums(2)).containsExactly(new ChunkUpdate(5, three));
        assertThat(rig.sums(0)).isEmpty();
        rig.holding(1, 5);
        assertThat(rig.sums(2)).containsExactly(new ChunkUpdate(5, record(5)));
        assertThat(rig.sums(1)).isEmpty();
    }

    @Test
    void sameZoneFirstThenTheLeastLoadedThenTheFurthest() {
        TrackerRig rig = new TrackerRig(6);
        rig.zones("x", "y", "y", "x", "y", "y");
        rig.holding(0, 5);
        rig.holding(1, 5);
        rig.holding(2, 5);
        assertThat(source(rig.ask(3, 5, 0))).as("the zone's own").isZero();
        rig.holding(1, 7);
        assertThat(source(rig.ask(5, 7, 0))).isEqualTo(1);
        assertThat(source(rig.ask(4, 5, 0))).as("the less busy").isEqualTo(2);
        rig.lease(0, 6);
        rig.ask(1, 6, 0);
        rig.landed(0, 6, 0, 4);
        assertThat(source(rig.ask(5, 6, 0))).as("the zone before the progress").isEqualTo(1);
    }

    @Test
    void aWantWaitsForAPlaceAndIsAnsweredWhenOneComesFree() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 5);
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(32, 32), rig.now);
        assertThat(rig.ask(1, 5, 0)).isNull();
        assertThat(rig.tracker.waiting()).isOne();
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(3, 32), rig.now);
        rig.passAll(100);
        assertThat(source(rig.answer(1))).isZero();
        assertThat(rig.tracker.waiting()).isZero();
        assertThat(rig.count(Decision.WAIT)).isOne();
    }

    @Test
    void whereChunksTakeLongWhatAHostUsuallySendsElsewhereCounts() {
        assertThat(sourceIfLoaded(0, 1000)).isEqualTo(1);
        assertThat(sourceIfLoaded(1, 1000)).isZero();
        assertThat(sourceIfLoaded(0, 50)).as("soon done").isEqualTo(sourceIfLoaded(1, 50));
    }

    /** Of hosts 0 and 1, which have the chunk, the one that is chosen if {@code loaded} sends much for other trackers. */
    private static int sourceIfLoaded(int loaded, long blockMillis) {
        TrackerRig rig = new TrackerRig(5);
        rig.holding(0, 5);
        rig.holding(1, 5);
        rig.lease(3, 6);
        for (int block = 0; block < 4; block++) {
            rig.passAll(blockMillis);
            rig.landed(3, 6, block, 1);
        }
        for (int i = 0; i < 4; i++) {
            rig.tracker.receive(id(loaded), new ToTracker.Heartbeat(20, 32), rig.now);
        }
        return source(rig.ask(2, 5, 0));
    }

    @Test
    void whoHasWaitedForAMomentIsCrowdedIn() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 5);
        assertThat(source(rig.ask(1, 5, 0))).isZero();
        assertThat(source(rig.ask(2, 5, 0, failure(1, Reason.BROKEN)))).isZero();
        assertThat(rig.ask(3, 5, 0, failure(1, Reason.BROKEN), failure(2, Reason.BROKEN)))
                .as("0 has two children, the others failed 3")
                .isNull();
        rig.passAll(150);
        assertThat(rig.answer(3)).isNull();
        rig.passAll(100);
        assertThat(source(rig.answer(3))).isZero();
        assertThat(rig.count(Decision.CROWDED)).isOne();
    }

    @Test
    void whoHasAReaderWaitingIsAnsweredFirst() {
        TrackerRig rig = new TrackerRig(5);
        rig.holding(0, 5);
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(31, 32), rig.now);
        rig.ask(1, 5, 0);
        List<Failure> others = List.of(failure(1, Reason.BROKEN), failure(2, Reason.BROKEN), failure(3, Reason.BROKEN));
        assertThat(rig.ask(2, new Want(5, false, 0, others))).isNull();
        assertThat(rig.ask(3, new Want(5, true, 0, others))).isNull();
        rig.holding(1, 5);
        assertThat(source(rig.answer(3))).isZero();
        assertThat(rig.answer(2)).isNull();
    }

    @Test
    void whoIsWholeLeavesItsParentAndServesOthers() {
        TrackerRig rig = new TrackerRig(6);
        rig.holding(0, 5);
        rig.ask(1, 5, 0);
        TrackedChunk chunk = rig.tracker.chunk(TrackerRig.STRETCH, 5);
        assertThat(childrenOf(chunk, 0)).isOne();
        rig.holding(1, 5);
        assertThat(childrenOf(chunk, 0)).isZero();
        assertThat(source(rig.ask(2, 5, 0))).as("has not sent it yet").isEqualTo(1);
        assertThat(source(rig.ask(3, 5, 0, failure(2, Reason.BROKEN))))
                .as("both have sent it once, and 1 is at it")
                .isZero();
    }

    @Test
    void whoIsWholeSendsWhatFewHaveOnceBeforeAnybodySendsItTwice() {
        TrackerRig rig = new TrackerRig(8);
        rig.lease(0, 5);
        rig.holding(0, 5);
        rig.holding(1, 7);
        assertThat(source(rig.ask(2, 7, 0))).isEqualTo(1);
        assertThat(source(rig.ask(1, 5, 0))).isZero();
        assertThat(source(rig.ask(3, 5, 0))).as("who is about to have it").isEqualTo(1);
        rig.holding(1, 5);
        rig.holding(3, 5);
        assertThat(source(rig.ask(4, 5, 0)))
                .as("0 has no children, but has sent it")
                .isEqualTo(3);
        rig.holding(4, 8);
        assertThat(source(rig.ask(5, 8, 0))).isEqualTo(4);
        rig.holding(4, 5);
        assertThat(source(rig.ask(2, 5, 0)))
                .as("half of the hosts have it: now load decides, and 4 is busier")
                .isIn(0, 3);
    }

    private static int childrenOf(TrackedChunk chunk, int host) {
        int[] children = {-1};
        chunk.forEachPlace(place -> {
            if (place.host().id().equals(id(host))) {
                children[0] = place.children();
            }
        });
        return children[0];
    }

    @Test
    void aLeaseThatEndsWithoutTheChunkGoesToTheNext() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        assertThat(source(rig.ask(1, 5, 0))).isZero();
        rig.gone(0, 5);
        assertThat(rig.ask(1, 5, 3, failure(0, Reason.BROKEN))).isEqualTo(new Answer.Lease(5));
        assertThat(rig.count(Decision.LEASE_NEXT)).isOne();
    }

    @Test
    void whoAsksForAChunkThatItHadHasItNoLonger() {
        TrackerRig rig = new TrackerRig(3);
        rig.holding(0, 5);
        assertThat(rig.ask(0, 5, 0)).isEqualTo(new Answer.Lease(5));
        rig.holding(0, 5);
        rig.gone(0, 5);
        assertThat(rig.ask(1, 5, 0)).isEqualTo(new Answer.Lease(5));
    }

    @Test
    void anotherRecordMakesNoHolder() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 5);
        rig.holding(1, new Held(5, record(6), true));
        assertThat(rig.count(Decision.CONFLICT)).isOne();
        for (int i = 0; i < 4; i++) {
            assertThat(source(rig.ask(2, 5, 0))).isZero();
            rig.gone(2, 5);
        }
        rig.lease(0, 7);
        rig.landed(0, 7, 0, 2);
        rig.holding(0, new Held(7, record(8), true));
        assertThat(rig.count(Decision.CONFLICT)).isEqualTo(2);
        assertThat(rig.tracker.leases()).isZero();
    }

    @Test
    void wrongForgetsTheStretch() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 5);
        rig.lease(1, 6);
        rig.tracker.receive(id(2), new ToTracker.Wrong(TrackerRig.STRETCH), rig.now);
        assertThat(rig.count(Decision.WRONG)).isOne();
        assertThat(rig.tracker.leases()).isZero();
        rig.lease(2, 5);
        rig.holding(0, new Held(6, record(9), true));
        assertThat(rig.count(Decision.CONFLICT)).as("the old record is gone").isZero();
    }

    @Test
    void messagesThatNameChunksOfOtherStretchesAreIgnored() {
        TrackerRig rig = new TrackerRig(3);
        assertThat(rig.ask(0, 64, 0)).isNull();
        assertThat(rig.ask(0, -1, 0)).isNull();
        rig.holding(0, new Held(70, record(70), true));
        rig.tracker.receive(id(0), new ToTracker.Landed(TrackerRig.STRETCH, 5, 7, new int[2]), rig.now);
        rig.tracker.receive(id(0), new ToTracker.Landed(TrackerRig.STRETCH, 5, -1, new int[2]), rig.now);
        assertThat(rig.tracker.leases()).isZero();
        assertThat(rig.tracker.waiting()).isZero();
        rig.lease(0, 5);
    }

    @Test
    void whatNobodyHoldsOrAsksForIsForgotten() {
        TrackerRig rig = new TrackerRig(3);
        rig.lease(0, 5);
        rig.gone(0, 5);
        assertThat(rig.tracker.stretches()).isOne();
        rig.passAll(9 * 60_000);
        assertThat(rig.tracker.stretches()).isOne();
        rig.passAll(2 * 60_000);
        assertThat(rig.tracker.stretches()).isZero();
    }

    @Test
    void heartbeatsGoToWhoWasHeardLately() {
        TrackerRig rig = new TrackerRig(3);
        rig.pass(2000, 0);
        assertThat(rig.said(0).stream().filter(FromTracker.Heartbeat.class::isInstance))
                .hasSizeBetween(3, 5);
        assertThat(rig.said(1)).isEmpty();
        rig.pass(6000);
        rig.said(0);
        rig.pass(2000);
        assertThat(rig.said(0)).isEmpty();
    }

    @Test
    void anIdleHostsHeartbeatIsAnsweredAtOnceAndOnce() {
        TrackerRig rig = new TrackerRig(3);
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(0, 32, true), rig.now);
        assertThat(rig.said(0)).containsExactly(new FromTracker.Heartbeat());
        rig.pass(4000);
        assertThat(rig.said(0)).isEmpty();
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(0, 32), rig.now);
        rig.pass(2000);
        assertThat(rig.said(0)).hasSizeBetween(3, 5);
    }
}
