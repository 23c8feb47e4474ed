package io.tidepool.agent.peer.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.ChunkFetch.Step;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host does next for one chunk. */
final class ChunkFetchTest {
    private static final long SECOND = 1_000_000_000L;

    private ChunkFetch fetch = new ChunkFetch(5, true, 0, 0);
    /** Sources that were, since the last block landed. */
    private int slow;

    private int mostLanded;

    private boolean whole;
    private int known;

    private Answer from(int host) {
        return new Answer.From(5, TrackerRig.host(host, ""), ChunkSums.NONE, whole);
    }

    private Step failed(int host, Reason reason, int landed, long now) {
        assertThat(fetch.answered(from(host)))
                .isEqualTo(new Step.Fetch(TrackerRig.host(host, ""), ChunkSums.NONE, whole, slow));
        slow = (landed > mostLanded ? 0 : slow) + (reason == Reason.SLOW ? 1 : 0);
        mostLanded = Math.max(mostLanded, landed);
        return fetch.failed(TrackerRig.host(host, ""), reason, landed, known, now);
    }

    @Test
    void asksAndFetchesOrGoesToTheOriginUnderALease() {
        assertThat(fetch.begin(0)).isEqualTo(new Step.Ask(new Want(5, true, 0, List.of())));
        assertThat(fetch.answered(new Answer.Lease(5))).isEqualTo(new Step.Origin(null));
        assertThat(new Step.Origin(null).isLeased()).isTrue();
    }

    @Test
    void asksAtOnceWhenAReaderComes() {
        ChunkFetch ahead = new ChunkFetch(5, false, 0, 0);
        assertThat(ahead.begin(0)).isEqualTo(new Step.Ask(new Want(5, false, 0, List.of())));
        assertThat(ahead.promote(0)).isEqualTo(new Step.Ask(new Want(5, true, 0, List.of())));
        assertThat(ahead.lateAtNanos()).as("as before").isEqualTo(2_500_000_000L);
    }

    @Test
    void asksAgainWithWhatFailedAndWhatItHas() {
        fetch.begin(0);
        assertThat(failed(1, Reason.BUSY, 0, 1)).isEqualTo(ask(0, new Failure(TrackerRig.id(1), Reason.BUSY)));
        assertThat(failed(2, Reason.BROKEN, 3, 2))
                .isEqualTo(ask(
                        3, new Failure(TrackerRig.id(1), Reason.BUSY), new Failure(TrackerRig.id(2), Reason.BROKEN)));
        assertThat(failed(1, Reason.SLOW, 3, 3))
                .as("the last failure of a host counts, and is the last")
                .isEqualTo(ask(
                        3, new Failure(TrackerRig.id(2), Reason.BROKEN), new Failure(TrackerRig.id(1), Reason.SLOW)));
    }

    private static Step ask(int landed, Failure... failures) {
        return new Step.Ask(new Want(5, true, landed, List.of(failures)));
    }

    @Test
    void afterEightFailedSourcesTheOriginIsNext() {
        fetch.begin(0);
        for (int host = 0; host < 8; host++) {
            assertThat(failed(host, Reason.BROKEN, 0, host)).isInstanceOf(Step.Ask.class);
        }
        assertThat(failed(8, Reason.BROKEN, 0, 9)).isEqualTo(new Step.Origin(Fallback.SOURCES_FAILED));
    }

    @Test
    void oneSourceThatFailsOverAndOverEndsThereToo() {
        Step step = fetch.begin(0);
        int times = 0;
        while (step instanceof Step.Ask) {
            step = failed(1, Reason.BROKEN, 0, times++);
        }
        assertThat(step).isEqualTo(new Step.Origin(Fallback.SOURCES_FAILED));
        assertThat(times).isEqualTo(9);
    }

    @Test
    void manyBusySourcesAreNoReasonForTheOriginButOneThatIsBusyForEverIsBroken() {
        fetch.begin(0);
        for (int host = 0; host < 20; host++) {
            assertThat(failed(host, Reason.BUSY, 0, host)).isInstanceOf(Step.Ask.class);
        }
        for (int again = 0; again < 4; again++) {
            assertThat(failed(3, Reason.BUSY, 0, 30 + again)).isInstanceOf(Step.Ask.class);
        }
        Step.Ask last = (Step.Ask) failed(3, Reason.BUSY, 0, 40);
        assertThat(last.want().failures().getLast()).isEqualTo(new Failure(TrackerRig.id(3), Reason.BROKEN));
    }

    @Test
    void slownessOfAllIsBorneForHalfAMinute() {
        fetch.begin(0);
        for (int i = 1; i < 6; i++) {
            assertThat(failed(1, Reason.SLOW, 1, i * (5 * SECOND))).isInstanceOf(Step.Ask.class);
        }
        assertThat(failed(1, Reason.SLOW, 2, 34 * SECOND)).as("a block landed").isInstanceOf(Step.Ask.class);
        assertThat(failed(1, Reason.SLOW, 2, 64 * SECOND)).isEqualTo(new Step.Origin(Fallback.STALLED));
    }

    @Test
    void whatOthersHaveIsNotWaitedForAsLong() {
        fetch.begin(0);
        assertThat(failed(1, Reason.SLOW, 2, 12 * SECOND)).isInstanceOf(Step.Ask.class);
        known = 3;
        assertThat(failed(1, Reason.SLOW, 2, 16 * SECOND))
                .as("a block may be on the way")
                .isInstanceOf(Step.Ask.class);
        assertThat(failed(1, Reason.SLOW, 2, 25 * SECOND)).isInstanceOf(Step.Ask.class);
        assertThat(failed(1, Reason.SLOW, 2, 26 * SECOND)).isEqualTo(new Step.Origin(Fallback.STALLED));
    }

    @Test
    void whatNobodyWaitsForLeavesTheOriginToOthers() {
        fetch = new ChunkFetch(5, false, 0, 0);
        known = 3;
        fetch.begin(0);
        assertThat(failed(1, Reason.SLOW, 0, 100 * SECOND)).isInstanceOf(Step.Ask.class);
        fetch.setDemand(101 * SECOND);
        fetch.promote(105 * SECOND);
        assertThat(failed(1, Reason.SLOW, 0, 110 * SECOND)).isInstanceOf(Step.Ask.class);
        assertThat(failed(1, Reason.SLOW, 0, 111 * SECOND)).isEqualTo(new Step.Origin(Fallback.STALLED));

        fetch = new ChunkFetch(5, false, 0, 0);
        slow = 0;
        fetch.begin(0);
        assertThat(failed(1, Reason.SLOW, 0, 120 * SECOND)).isEqualTo(new Step.Origin(Fallback.STALLED));
    }

    @Test
    void aSourceThatHasAllAndIsSlowTooOftenIsBroken() {
        whole = true;
        fetch.begin(0);
        Failure slowOne = new Failure(TrackerRig.id(1), Reason.SLOW);
        Failure slowTwo = new Failure(TrackerRig.id(2), Reason.SLOW);
        assertThat(failed(1, Reason.SLOW, 1, 1)).isEqualTo(ask(1, slowOne));
        assertThat(failed(2, Reason.SLOW, 1, 2)).isEqualTo(ask(1, slowOne, slowTwo));
        assertThat(failed(1, Reason.SLOW, 3, 3))
                .as("though blocks landed")
                .isEqualTo(ask(3, slowTwo, new Failure(TrackerRig.id(1), Reason.BROKEN)));
    }

    @Test
    void whatWaitedForItsHostIsNotStalled() {
        fetch.begin(0);
        assertThat(fetch.answered(from(1))).isInstanceOf(Step.Fetch.class);
        assertThat(fetch.resumed(2, 60 * SECOND)).isEqualTo(ask(2));
        assertThat(fetch.lateAtNanos()).isEqualTo(60 * SECOND + 2_500_000_000L);
        assertThat(failed(1, Reason.SLOW, 2, 89 * SECOND)).isInstanceOf(Step.Ask.class);
        assertThat(failed(1, Reason.SLOW, 2, 90 * SECOND)).isEqualTo(new Step.Origin(Fallback.STALLED));
    }

    @Test
    void aLateAnswerIsAskedForAgainAndThenDoneWithout() {
        fetch.begin(0);
        assertThat(fetch.lateAtNanos()).isEqualTo(2_500_000_000L);
        assertThat(fetch.late(fetch.lateAtNanos())).isEqualTo(ask(0));
        for (int i = 2; i <= 7; i++) {
            assertThat(fetch.lateAtNanos()).isEqualTo(i * 2_500_000_000L);
            assertThat(fetch.late(fetch.lateAtNanos())).isEqualTo(ask(0));
        }
        assertThat(fetch.lateAtNanos()).isEqualTo(20 * SECOND);
        assertThat(fetch.late(fetch.lateAtNanos())).isEqualTo(new Step.Origin(Fallback.NO_ANSWER));
    }

    @Test
    void aSilentTrackerIsReplacedOnce() {
        fetch.begin(0);
        assertThat(fetch.trackerSilent(2 * SECOND)).isEqualTo(ask(0));
        assertThat(fetch.lateAtNanos()).as("the next has its own time").isEqualTo(4_500_000_000L);
        assertThat(fetch.trackerSilent(4 * SECOND)).isEqualTo(new Step.Origin(Fallback.TRACKER_SILENT));
    }

    @Test
    void anAnswerForgivesSilentTrackers() {
        fetch.begin(0);
        fetch.trackerSilent(2 * SECOND);
        failed(1, Reason.BROKEN, 0, 3 * SECOND);
        assertThat(fetch.trackerSilent(5 * SECOND)).isInstanceOf(Step.Ask.class);
    }

    @Test
    void urgencyIsToldWithTheNextAsk() {
        ChunkFetch ahead = new ChunkFetch(5, false, 0, 0);
        ahead.begin(0);
        ahead.promote(0);
        assertThat(ahead.late(ahead.lateAtNanos())).isEqualTo(ask(0));
    }
}
