package io.tidepool.agent.peer.tracker;

import static io.tidepool.agent.peer.tracker.TransferRates.Supply.DRY;
import static io.tidepool.agent.peer.tracker.TransferRates.Supply.RELAY;
import static io.tidepool.agent.peer.tracker.TransferRates.Supply.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.TransferRates.Supply;
import io.tidepool.agent.peer.tracker.TransferRates.Transfer;
import org.junit.jupiter.api.Test;

/** What is slow: beside others, never by itself, but for long silence. */
final class TransferRatesTest {
    private static final long MILLI = 1_000_000L;
    private static final int MIB = 1 << 20;
    private static final int LENGTH = 100_000;

    private final TransferRates rates = new TransferRates();

    @Test
    void silenceIsSlowWhileOthersProgress() {
        Transfer one = rates.begin(LENGTH, 0, 0);
        Transfer other = rates.begin(LENGTH, 0, 0);
        assertThat(one.isTooSlow(1000, WHOLE, 100 * MILLI)).isFalse();
        assertThat(one.isTooSlow(1000, WHOLE, 1700 * MILLI))
                .as("nobody gets anything")
                .isFalse();
        other.isTooSlow(5000, WHOLE, 1700 * MILLI);
        assertThat(one.isTooSlow(1000, WHOLE, 1750 * MILLI)).isTrue();
        assertThat(other.isTooSlow(5000, WHOLE, 1750 * MILLI)).isFalse();
    }

    @Test
    void oneThatEndedCountsAsProgress() {
        Transfer one = rates.begin(LENGTH, 0, 0);
        rates.begin(LENGTH, 0, 0).end(8000, 300 * MILLI);
        assertThat(one.isTooSlow(0, WHOLE, 1400 * MILLI)).isFalse();
        assertThat(one.isTooSlow(0, WHOLE, 1500 * MILLI)).isTrue();
    }

    @Test
    void aChunkHasMorePatienceWithEachSlowSource() {
        Transfer[] one = {
            rates.begin(LENGTH, 0, 0), rates.begin(LENGTH, 1, 0), rates.begin(LENGTH, 2, 0), rates.begin(LENGTH, 9, 0)
        };
        int[] patience = {2000, 4000, 8000, 8000};
        for (int i = 1; i <= 90; i++) {
            rates.begin(LENGTH, 0, (i - 1) * (100 * MILLI)).end(10_000, i * (100 * MILLI));
            for (int which = 0; which < one.length; which++) {
                assertThat(one[which].isTooSlow(100 * i, WHOLE, i * (100 * MILLI)))
                        .as("the one with %d ms, after %d00 ms", patience[which], i)
                        .isEqualTo(100 * i >= patience[which]);
            }
        }
    }

    @Test
    void standstillIsJudgedWithThatPatienceToo() {
        Transfer first = rates.begin(LENGTH, 0, 0);
        Transfer second = rates.begin(LENGTH, 1, 0);
        rates.begin(LENGTH, 0, 0).end(8000, 400 * MILLI);
        assertThat(first.isTooSlow(0, WHOLE, 1500 * MILLI)).isTrue();
        assertThat(second.isTooSlow(0, WHOLE, 1500 * MILLI)).isFalse();
        rates.begin(LENGTH, 0, 2800 * MILLI).end(8000, 3000 * MILLI);
        assertThat(second.isTooSlow(0, WHOLE, 2900 * MILLI)).isFalse();
        assertThat(second.isTooSlow(0, WHOLE, 3000 * MILLI)).isTrue();
    }

    @Test
    void oneThatFailedWithoutAByteDoesNot() {
        Transfer one = rates.begin(LENGTH, 0, 0);
        rates.begin(LENGTH, 0, 0).end(0, 300 * MILLI);
        assertThat(one.isTooSlow(0, WHOLE, 1600 * MILLI)).isFalse();
    }

    @Test
    void fiveSecondsOfSilenceAreTooMuchInAnyCase() {
        Transfer one = rates.begin(LENGTH, 0, 0);
        assertThat(one.isTooSlow(0, WHOLE, 4900 * MILLI)).isFalse();
        assertThat(one.isTooSlow(0, DRY, 5000 * MILLI)).isTrue();
    }

    @Test
    void aQuarterOfTheMedianIsSlowAfterTwoSeconds() {
        Transfer slow = rates.begin(11_000, 0, 0);
        Transfer[] others = {rates.begin(LENGTH, 0, 0), rates.begin(LENGTH, 0, 0), rates.begin(LENGTH, 0, 0)};
        for (int i = 1; i <= 40; i++) {
            for (Transfer other : others) {
                assertThat(other.isTooSlow(i * 1000, WHOLE, i * (50 * MILLI))).isFalse();
            }
            assertThat(slow.isTooSlow(i * 200, WHOLE, i * (50 * MILLI))).isEqualTo(i == 40);
        }
        assertThat(slow.isTooSlow(10_000, WHOLE, 2000 * MILLI))
                .as("a quarter is enough")
                .isFalse();
    }

    @Test
    void whoWaitsItselfIsSlowOnlyWhenItIsSilentForLong() {
        Transfer starving = rates.begin(LENGTH, 0, 0);
        for (int i = 1; i <= 200; i++) {
            rates.begin(LENGTH, 0, (i - 1) * (30 * MILLI)).end(8000, i * (30 * MILLI));
        }
        assertThat(starving.isTooSlow(0, DRY, 4900 * MILLI)).isFalse();
        assertThat(starving.isTooSlow(0, DRY, 5000 * MILLI)).isTrue();
    }

    @Test
    void whoGivesLessThanHasLeftTheOriginMayWaitItself() {
        Transfer silent = rates.begin(8 * MIB, 0, 0);
        Transfer slow = rates.begin(8 * MIB, 0, 0);
        Transfer other = rates.begin(16 * MIB, 0, 0);
        for (int i = 1; i <= 50; i++) {
            assertThat(other.isTooSlow(i * (MIB / 10), RELAY, i * (100 * MILLI)))
                    .isFalse();
            assertThat(slow.isTooSlow(i * (MIB / 100), RELAY, i * (100 * MILLI)))
                    .as("others would not be done yet")
                    .isFalse();
            assertThat(silent.isTooSlow(0, RELAY, i * (100 * MILLI))).isEqualTo(i == 50);
        }
    }

    @Test
    void timeInWhichItsSourceHadNothingToGiveDoesNotCount() {
        for (int i = 0; i < 3; i++) {
            rates.begin(8 * MIB, 0, 0).end(8 * MIB, 1000 * MILLI);
        }
        Transfer held = rates.begin(8 * MIB, 0, 0);
        assertThat(held.isTooSlow(0, DRY, 4000 * MILLI)).isFalse();
        rates.begin(8 * MIB, 0, 4000 * MILLI).end(8 * MIB, 5000 * MILLI);
        assertThat(held.isTooSlow(0, WHOLE, 4100 * MILLI)).isFalse();
        assertThat(held.isTooSlow(1000, RELAY, 5900 * MILLI)).isFalse();
        assertThat(held.isTooSlow(1000, RELAY, 6100 * MILLI)).isTrue();
    }

    @Test
    void halfOfTheMedianIsSlowWhenOthersWouldBeDoneIfWhatIsLeftCostsFiveSeconds() {
        Transfer slow = rates.begin(16 * MIB, 0, 0);
        Transfer relay = rates.begin(16 * MIB, 0, 0);
        Transfer nearlyDone = rates.begin(8 * MIB, 0, 0);
        for (int i = 0; i < 3; i++) {
            rates.begin(8 * MIB, 0, 0).end(2 * MIB, 1000 * MILLI);
        }
        // At 0.8 MiB a second, not 2: after 8 s the other 9.6 MiB take 7.2 s longer; after 4 s the other 4.8, 3.6 s.
        for (int i = 1; i <= 80; i++) {
            int received = i * (8 * MIB / 100);
            assertThat(slow.isTooSlow(received, WHOLE, i * (100 * MILLI))).isEqualTo(i == 80);
            assertThat(relay.isTooSlow(received, RELAY, i * (100 * MILLI))).isEqualTo(i == 80);
            assertThat(nearlyDone.isTooSlow(received, WHOLE, i * (100 * MILLI))).isFalse();
        }
    }

    @Test
    void whatASourceHasToGive() {
        assertThat(Supply.of(true, 3, 8, 8)).isEqualTo(WHOLE);
        assertThat(Supply.of(true, 7, 8, 8)).isEqualTo(WHOLE);
        assertThat(Supply.of(false, 3, 5, 8)).isEqualTo(RELAY);
        assertThat(Supply.of(false, 3, 4, 8)).as("one is on its way").isEqualTo(DRY);
        assertThat(Supply.of(false, 7, 8, 8)).as("no other will follow it").isEqualTo(RELAY);
        assertThat(Supply.of(true, 3, 3, 8))
                .as("nobody vouches for the next block yet")
                .isEqualTo(DRY);
    }

    @Test
    void aSingleTransferHasNothingToBeComparedWith() {
        Transfer one = rates.begin(LENGTH, 0, 0);
        for (int i = 1; i <= 100; i++) {
            assertThat(one.isTooSlow(i, WHOLE, i * (1000 * MILLI))).isFalse();
        }
    }
}
