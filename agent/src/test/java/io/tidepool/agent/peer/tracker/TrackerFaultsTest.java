package io.tidepool.agent.peer.tracker;

import static io.tidepool.agent.peer.tracker.TrackerRig.failure;
import static io.tidepool.agent.peer.tracker.TrackerRig.id;
import static io.tidepool.agent.peer.tracker.TrackerRig.record;
import static io.tidepool.agent.peer.tracker.TrackerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a tracker does about hosts that fail, lie, are slow or go, and when it is new itself. */
final class TrackerFaultsTest {
    private static final Answer LEASE = new Answer.Lease(5);

    @Test
    void noHostIsSentToOneThatFetchesFromIt() {
        TrackerRig rig = new TrackerRig(5);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        assertThat(source(rig.ask(2, 5, 0, failure(0, Reason.BROKEN)))).isEqualTo(1);
        assertThat(source(rig.ask(3, 5, 0, failure(0, Reason.BROKEN), failure(1, Reason.BROKEN))))
                .isEqualTo(2);
        // 1 asks anew: 2 and 3 hang below it, so there is only the root.
        assertThat(source(rig.ask(1, 5, 0, failure(0, Reason.SLOW)))).isZero();
        rig.gone(0, 5);
        assertThat(rig.ask(1, 5, 1, failure(0, Reason.BROKEN))).isEqualTo(LEASE);
    }

    @Test
    void aBusyHostIsNotAskedAgainForAMoment() {
        TrackerRig rig = new TrackerRig(3);
        rig.holding(0, 5);
        assertThat(source(rig.ask(1, 5, 0))).isZero();
        // The only holder: nobody else has it, but that is no reason to go to the origin.
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.BUSY))).isNull();
        rig.passAll(1100);
        assertThat(source(rig.answer(1))).isZero();
        assertThat(rig.tracker.leases()).isZero();
    }

    @Test
    void whoLacksWhatItIsSaidToHaveIsNoHolder() {
        TrackerRig rig = new TrackerRig(3);
        rig.holding(0, 5);
        rig.ask(1, 5, 0);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.MISSING))).isEqualTo(LEASE);
        assertThat(source(rig.ask(2, 5, 0))).isEqualTo(1);
    }

    @Test
    void aLeaseholderThatLacksTheChunkLosesTheLease() {
        TrackerRig rig = new TrackerRig(3);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.passAll(3000);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.MISSING)))
                .as("the complaint may be older than the lease")
                .isNull();
        rig.passAll(600);
        assertThat(rig.tracker.leases()).isOne();
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.MISSING))).isEqualTo(LEASE);
        assertThat(rig.count(Decision.LEASE_LOST)).isOne();
        assertThat(rig.tracker.leases()).isOne();
    }

    @Test
    void anUnreachableLeaseholderCostsASecondLeaseAndNotAThird() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.BROKEN))).isNull();
        rig.passAll(1100);
        assertThat(rig.answer(1)).isEqualTo(LEASE);
        assertThat(rig.count(Decision.DOUBLE_UNREACHABLE)).isOne();
        assertThat(rig.ask(2, 5, 0, failure(0, Reason.BROKEN), failure(1, Reason.BROKEN)))
                .isNull();
        rig.passAll(1100);
        assertThat(rig.answer(2)).isInstanceOf(Answer.From.class);
        assertThat(rig.tracker.leases()).isEqualTo(2);
    }

    @Test
    void aComplaintThatIsOlderThanTheLeaseDoublesItNoSooner() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(1, 9);
        rig.lease(2, 10);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.BROKEN)))
                .as("it has enough")
                .isNull();
        rig.passAll(2000);
        rig.lease(0, 5);
        assertThat(rig.answer(1)).isNull();
        rig.passAll(900);
        assertThat(rig.answer(1)).isNull();
        rig.passAll(200);
        assertThat(rig.answer(1)).isEqualTo(LEASE);
        assertThat(rig.count(Decision.DOUBLE_UNREACHABLE)).isOne();
    }

    @Test
    void leasesThatAnotherTrackerHearsOfAreNotCountedForLong() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        rig.lease(1, 6);
        rig.view(rig.viewWithAnotherTracker());
        rig.passAll(1000);
        rig.landed(1, 6, 0, 1);
        rig.passAll(3900);
        assertThat(rig.tracker.leases()).isEqualTo(2);
        rig.passAll(200);
        assertThat(rig.tracker.leases())
                .as("the holder of one still tells this one")
                .isOne();
        rig.landed(1, 6, 1, 1);
        assertThat(rig.count(Decision.LEASE)).as("none is begun anew").isEqualTo(2);
        rig.passAll(4900);
        assertThat(rig.tracker.leases()).isOne();
        rig.passAll(200);
        assertThat(rig.tracker.leases()).as("it does so no longer").isZero();
    }

    @Test
    void whenEverySourceFailedAndNoLeaseLivesTheAskerGetsOne() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 5);
        rig.holding(1, 5);
        assertThat(rig.ask(2, 5, 0, failure(0, Reason.BROKEN), failure(1, Reason.CORRUPT)))
                .isEqualTo(LEASE);
        assertThat(rig.count(Decision.LEASE_NEXT)).isOne();
    }

    @Test
    void aSilentHostLosesItsLeasesAfterThreeSeconds() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        rig.holding(0, 6);
        rig.pass(2900, 1, 2);
        assertThat(rig.tracker.leases()).isOne();
        rig.pass(300, 1, 2);
        assertThat(rig.tracker.leases()).isZero();
        assertThat(rig.count(Decision.LEASE_LOST)).isOne();
        assertThat(rig.ask(1, 5, 0)).isEqualTo(LEASE);
        assertThat(rig.ask(2, 6, 0))
                .as("what a silent host has is out of reach")
                .isEqualTo(new Answer.Lease(6));
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(0, 32), rig.now);
        rig.gone(2, 6);
        assertThat(source(rig.ask(1, 6, 0))).as("but it comes back").isZero();
    }

    @Test
    void anIdleHostIsASourceForTenTimesAsLongWithoutAWord() {
        TrackerRig rig = new TrackerRig(4);
        rig.holding(0, 6);
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(0, 32, true), rig.now);
        rig.pass(14_000, 1);
        assertThat(source(rig.ask(1, 6, 0))).isZero();
        rig.gone(1, 6);
        rig.pass(2_000, 1);
        assertThat(rig.ask(1, 6, 0)).isEqualTo(new Answer.Lease(6));
    }

    @Test
    void aHostThatSaysAnythingIsNotIdleAnyMore() {
        TrackerRig rig = new TrackerRig(4);
        rig.tracker.receive(id(0), new ToTracker.Heartbeat(0, 32, true), rig.now);
        rig.holding(0, 6);
        rig.pass(2_000, 1);
        assertThat(rig.ask(1, 6, 0)).isEqualTo(new Answer.Lease(6));
    }

    @Test
    void whoWaitsBehindALostLeaseGetsItsTurn() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.view(rig.view().without(Set.of(rig.view().self().id().equals(id(0)) ? "" : id(0))));
        if (rig.view().contains(id(0))) {
            return; // The tracker itself is host 0 in this cell; it does not leave its own view.
        }
        assertThat(rig.tracker.leases()).isZero();
        assertThat(rig.ask(1, 5, 2, failure(0, Reason.BROKEN))).isEqualTo(LEASE);
    }

    @Test
    void aHeartbeatKeepsALeaseAliveHoweverLongTheOriginTakes() {
        TrackerRig rig = new TrackerRig(4);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.passAll(20_000);
        assertThat(source(rig.ask(1, 5, 0, failure(0, Reason.SLOW))))
                .as("no lease progresses")
                .isZero();
        assertThat(rig.tracker.leases()).isOne();
        assertThat(rig.count(Decision.DOUBLE_SLOW)).isZero();
    }

    @Test
    void aLeaseIsNotSlowWhereBlocksTakeLong() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(3, 6);
        rig.landed(0, 5, 0, 1);
        rig.passAll(4000);
        rig.landed(3, 6, 0, 2); // a block in two seconds: a few without one say nothing
        assertThat(source(rig.ask(1, 5, 1, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(7000);
        rig.landed(3, 6, 2, 3);
        assertThat(source(rig.ask(1, 5, 1, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(6000);
        rig.landed(3, 6, 5, 3);
        assertThat(rig.ask(1, 5, 1, failure(0, Reason.SLOW))).isEqualTo(LEASE);
    }

    @Test
    void aLeaseIsNotSlowBesideOthersThatGetNothingEither() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(2, 6);
        rig.lease(3, 7);
        rig.lease(4, 8);
        rig.passAll(4000);
        rig.landed(4, 8, 0, 1);
        assertThat(source(rig.ask(1, 5, 0, failure(0, Reason.SLOW)))).isZero();
    }

    @Test
    void aLeaseIsDoubledOnceWhenOthersProgressAndItDoesNot() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.ask(2, 5, 0);
        rig.lease(3, 6);
        rig.passAll(100);
        rig.landed(0, 5, 0, 1);
        rig.landed(3, 6, 0, 1);
        rig.passAll(5200);
        rig.landed(3, 6, 1, 7);
        rig.passAll(100);
        int parentOf2 = source(rig.ask(2, 5, 1));
        assertThat(rig.ask(1, 5, 1, failure(0, Reason.SLOW))).isEqualTo(LEASE);
        assertThat(rig.count(Decision.DOUBLE_SLOW)).isOne();
        assertThat(rig.ask(2, 5, 1, failure(parentOf2, Reason.SLOW)))
                .as("not a third time")
                .isInstanceOf(Answer.From.class);
        assertThat(rig.tracker.leases()).isEqualTo(3);
    }

    @Test
    void aLeaseThatNeverBeginsIsDoubledThoughTheOthersWereDoneLongAgo() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(3, 6);
        rig.passAll(100);
        rig.landed(3, 6, 0, 8);
        rig.passAll(1000);
        rig.holding(3, 6);
        rig.passAll(13_500);
        assertThat(source(rig.ask(1, 5, 0, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(2500);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.SLOW))).isEqualTo(LEASE);
        assertThat(rig.count(Decision.DOUBLE_SLOW)).isOne();
    }

    @Test
    void aLeaseThatWaitsForItsTurnAtItsHolderIsWaitedForLonger() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(3, 6);
        for (int block = 0; block < 8; block++) {
            rig.passAll(2000);
            rig.landed(3, 6, block, 1);
        }
        assertThat(source(rig.ask(1, 5, 0, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(1200);
        assertThat(rig.ask(1, 5, 0, failure(0, Reason.SLOW))).isEqualTo(LEASE);
        assertThat(rig.count(Decision.DOUBLE_SLOW)).isOne();
    }

    @Test
    void whomTheOriginComesBackToLastIsNotSlowForThat() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(3, 6);
        rig.passAll(100);
        rig.landed(0, 5, 0, 1);
        rig.landed(3, 6, 0, 1);
        rig.passAll(20_000);
        rig.landed(3, 6, 1, 1);
        assertThat(source(rig.ask(1, 5, 1, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(4900);
        rig.landed(3, 6, 2, 5);
        assertThat(source(rig.ask(1, 5, 1, failure(0, Reason.SLOW)))).isZero();
        rig.passAll(6000);
        rig.landed(3, 6, 7, 1);
        rig.passAll(4500);
        assertThat(rig.ask(1, 5, 1, failure(0, Reason.SLOW))).isEqualTo(LEASE);
    }

    @Test
    void aLeaseIsDoubledWhenItsRateIsFarBelowTheOthers() {
        aLeaseIsDoubledWhenItsRateIsFarBelowTheOthers(new TrackerRig(6));
    }

    @Test
    void aPauseBetweenTwoLoadsIsNoOutage() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(4, 20);
        rig.landed(4, 20, 0, 8);
        rig.holding(4, 20);
        rig.passAll(20_000);
        aLeaseIsDoubledWhenItsRateIsFarBelowTheOthers(rig);
    }

    private static void aLeaseIsDoubledWhenItsRateIsFarBelowTheOthers(TrackerRig rig) {
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.lease(2, 6);
        rig.lease(3, 7);
        for (int block = 0; block < 8; block++) {
            rig.passAll(800);
            rig.landed(2, 6, block, 1);
            rig.landed(3, 7, block, 1);
            if (block == 7) {
                rig.landed(0, 5, 0, 1);
            }
        }
        assertThat(rig.ask(1, 5, 1, failure(0, Reason.SLOW))).isEqualTo(LEASE);
        rig.holding(1, 5);
        rig.holding(0, 5);
        assertThat(rig.tracker.leases()).isEqualTo(2);
    }

    @Test
    void aSlowSourceIsReplacedByAnotherAndComesLastForAWhile() {
        TrackerRig rig = new TrackerRig(6);
        rig.holding(0, 5);
        rig.ask(2, 5, 0);
        rig.holding(1, 5);
        assertThat(source(rig.ask(2, 5, 1, failure(0, Reason.SLOW)))).isEqualTo(1);
        assertThat(source(rig.ask(3, 5, 0))).isIn(1, 2);
        assertThat(rig.tracker.leases()).isZero();
    }

    @Test
    void aSlowSourceThatHasAllIsBetterThanTheBucket() {
        TrackerRig rig = new TrackerRig(6);
        rig.holding(0, 5);
        assertThat(source(rig.ask(2, 5, 0))).isZero();
        assertThat(source(rig.ask(2, 5, 1, failure(0, Reason.SLOW)))).isZero();
        assertThat(rig.tracker.leases()).isZero();
        assertThat(rig.ask(2, 5, 1, failure(0, Reason.BROKEN)))
                .as("who asks finds it too slow")
                .isEqualTo(LEASE);
    }

    @Test
    void aRelayIsNotToBlameForBeingSlow() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.ask(2, 5, 0, failure(0, Reason.BROKEN));
        rig.landed(0, 5, 0, 4);
        assertThat(source(rig.ask(2, 5, 1, failure(0, Reason.BROKEN), failure(1, Reason.SLOW))))
                .as("there is no other")
                .isEqualTo(1);
        assertThat(source(rig.ask(2, 5, 1, failure(1, Reason.SLOW))))
                .as("there is")
                .isZero();
        assertThat(rig.tracker.leases()).isOne();
    }

    @Test
    void aRelayThatGaveMuchLessThanHasLeftTheOriginComesLastForAWhile() {
        TrackerRig rig = new TrackerRig(6);
        rig.lease(0, 5);
        rig.ask(1, 5, 0);
        rig.landed(0, 5, 0, 4);
        rig.ask(2, 5, 1, failure(1, Reason.SLOW));
        for (int chunk = 6; chunk < 16; chunk++) {
            rig.holding(1, chunk);
            rig.holding(3, chunk);
            assertThat(source(rig.ask(4, chunk, 0))).isEqualTo(3);
        }
    }

    @Test
    void threeBadChunksForOneOrComplaintsOfTwoEject() {
        TrackerRig rig = new TrackerRig(6);
        for (int chunk = 5; chunk <= 8; chunk++) {
            rig.holding(0, chunk);
        }
        rig.ask(1, 5, 0, failure(0, Reason.CORRUPT));
        rig.ask(1, 5, 0, failure(0, Reason.CORRUPT));
        rig.ask(1, 6, 0, failure(0, Reason.CORRUPT));
        assertThat(rig.count(Decision.EJECTION)).isZero();
        rig.ask(1, 7, 0, failure(0, Reason.CORRUPT));
        assertThat(rig.count(Decision.EJECTION)).isOne();
        assertThat(rig.ask(2, 8, 0)).isEqualTo(new Answer.Lease(8));
        rig.holding(3, 9);
        rig.ask(1, 9, 0, failure(3, Reason.CORRUPT));
        rig.ask(4, 9, 0, failure(3, Reason.CORRUPT));
        assertThat(rig.count(Decision.EJECTION)).isEqualTo(2);
        rig.passAll(601_000);
        rig.gone(2, 8);
        assertThat(source(rig.ask(2, 8, 0)))
                .as("ten minutes later it is a source again")
                .isZero();
    }

    @Test
    void aNewTrackerWaitsForAnnouncementsBeforeItGrantsALease() {
        TrackerRig rig = takenOver();
        assertThat(rig.ask(1, 5, 0)).isNull();
        assertThat(rig.ask(1, 6, 0)).isNull();
        assertThat(rig.count(Decision.WAIT_GRACE)).isEqualTo(2);
        rig.passAll(300);
        rig.holding(2, 5);
        assertThat(source(rig.answer(1))).as("announced").isEqualTo(2);
        rig.passAll(600);
        assertThat(rig.answer(1)).isNull();
        rig.passAll(200);
        assertThat(rig.answer(1)).isEqualTo(new Answer.Lease(6));
    }

    @Test
    void leasesAndFetchesOfTheTrackerBeforeAreAnnounced() {
        TrackerRig rig = takenOver();
        rig.holding(2, new Held(5, new ChunkSums(new int[] {5001, 5002}, java.util.OptionalLong.empty()), false));
        rig.holding(3, new Held(5, null, false));
        assertThat(rig.tracker.leases()).isOne();
        assertThat(source(rig.ask(1, 5, 0))).as("3 may hang below 1, who knows").isEqualTo(2);
        rig.landed(2, 5, 2, 1);
        assertThat(rig.sums(3)).as("but it needs the sums").hasSize(2);
    }

    /** A host that left was the stretch's tracker, not one of the first four; the rig's is the next in rank. */
    private static TrackerRig takenOver() {
        int hosts = 5;
        while (new TrackerRig(hosts).view().self().id().compareTo(id(4)) < 0) {
            hosts++;
        }
        TrackerRig rig = new TrackerRig(hosts);
        CellView all = rig.view();
        CellView rest = all.seenBy(all.hosts().stream()
                        .filter(host -> !host.equals(all.self()))
                        .findFirst()
                        .orElseThrow())
                .without(Set.of(all.self().id()));
        // A tracker elsewhere: it sees the stretch's tracker go.
        PeerHost next = rest.tracker(TrackerRig.STRETCH);
        rig.becomes(all.seenBy(next));
        rig.view(rest.seenBy(next));
        return rig;
    }

    @Test
    void aTrackerThatIsAloneWaitsForNobody() {
        TrackerRig rig = new TrackerRig(1);
        rig.view(rig.view());
        rig.lease(0, 5);
    }

    @Test
    void aHostThatIsExpelledAndTakenBackIsASourceAgain() {
        TrackerRig rig = new TrackerRig(4);
        int expelled = rig.view().self().id().equals(id(0)) ? 1 : 0;
        CellView all = rig.view();
        rig.holding(expelled, 5);
        rig.view(all.without(Set.of(id(expelled))));
        rig.passAll(5000);
        rig.view(all);
        assertThat(source(rig.ask(2, 5, 0))).isEqualTo(expelled);
    }

    @Test
    void whatAHostHadThatIsExpelledAndSilentIsForgotten() {
        TrackerRig rig = new TrackerRig(4);
        int expelled = rig.view().self().id().equals(id(0)) ? 1 : 0;
        CellView all = rig.view();
        rig.holding(expelled, 5);
        rig.view(all.without(Set.of(id(expelled))));
        rig.pass(3500, 2, 3);
        rig.view(all);
        rig.lease(2, 5);
    }

    @Test
    void aTrackerThatStoodStillWaitsForThoseWhoComeBack() {
        TrackerRig rig = new TrackerRig(4);
        rig.tracker.stoodStill(rig.now);
        assertThat(rig.ask(1, 5, 0)).as("somebody may have it").isNull();
        rig.holding(0, 5);
        assertThat(source(rig.answer(1))).isZero();
    }

    @Test
    void aHostThatIsNotInTheViewYetMayAskAndIsNoSource() {
        TrackerRig rig = new TrackerRig(3);
        rig.lease(25, 5);
        assertThat(rig.ask(1, 5, 0)).isNull();
        rig.passAll(1100);
        assertThat(rig.answer(1)).as("nobody can reach a stranger").isEqualTo(LEASE);
        rig.holding(25, 7);
        rig.lease(2, 7);
        assertThat(rig.tracker.chunk(TrackerRig.STRETCH, 7).record()).isEqualTo(record(7));
    }
}
