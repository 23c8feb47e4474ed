package io.tidepool.agent.peer.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.tracker.TransferRates.Transfer;
import org.junit.jupiter.api.Test;

/** What is slow: beside others, never by itself, but for long silence. */
final class TransferRatesTest {
    private static final long MILLI = 1_000_000L;

    private final TransferRates rates = new TransferRates();

    @Test
    void silenceIsSlowWhileOthersProgress() {
        Transfer one = rates.begin(0);
        Transfer other = rates.begin(0);
        assertThat(one.isTooSlow(1000, false, 100 * MILLI)).isFalse();
        assertThat(one.isTooSlow(1000, false, 1700 * MILLI))
                .as("nobody gets anything")
                .isFalse();
        other.isTooSlow(5000, false, 1700 * MILLI);
        assertThat(one.isTooSlow(1000, false, 1750 * MILLI)).isTrue();
        assertThat(other.isTooSlow(5000, false, 1750 * MILLI)).isFalse();
    }

    @Test
    void oneThatEndedCountsAsProgress() {
        Transfer one = rates.begin(0);
        rates.begin(0).end(8000, 300 * MILLI);
        assertThat(one.isTooSlow(0, false, 1400 * MILLI)).isFalse();
        assertThat(one.isTooSlow(0, false, 1500 * MILLI)).isTrue();
    }

    @Test
    void oneThatFailedWithoutAByteDoesNot() {
        Transfer one = rates.begin(0);
        rates.begin(0).end(0, 300 * MILLI);
        assertThat(one.isTooSlow(0, false, 1600 * MILLI)).isFalse();
    }

    @Test
    void fiveSecondsOfSilenceAreTooMuchInAnyCase() {
        Transfer one = rates.begin(0);
        assertThat(one.isTooSlow(0, false, 4900 * MILLI)).isFalse();
        assertThat(one.isTooSlow(0, true, 5000 * MILLI)).isTrue();
    }

    @Test
    void aQuarterOfTheMedianIsSlowAfterTwoSeconds() {
        Transfer slow = rates.begin(0);
        Transfer[] others = {rates.begin(0), rates.begin(0), rates.begin(0)};
        for (int i = 1; i <= 40; i++) {
            for (Transfer other : others) {
                assertThat(other.isTooSlow(i * 1000, false, i * (50 * MILLI))).isFalse();
            }
            assertThat(slow.isTooSlow(i * 200, false, i * (50 * MILLI))).isEqualTo(i == 40);
        }
        assertThat(slow.isTooSlow(10_000, false, 2000 * MILLI))
                .as("a quarter is enough")
                .isFalse();
    }

    @Test
    void whoWaitsItselfIsSlowOnlyWhenItIsSilentForLong() {
        Transfer starving = rates.begin(0);
        for (int i = 1; i <= 200; i++) {
            rates.begin((i - 1) * (30 * MILLI)).end(8000, i * (30 * MILLI));
        }
        assertThat(starving.isTooSlow(0, true, 4900 * MILLI)).isFalse();
        assertThat(starving.isTooSlow(0, false, 4900 * MILLI)).isTrue();
        assertThat(starving.isTooSlow(0, true, 5000 * MILLI)).isTrue();
    }

    @Test
    void aSingleTransferHasNothingToBeComparedWith() {
        Transfer one = rates.begin(0);
        for (int i = 1; i <= 100; i++) {
            assertThat(one.isTooSlow(i, false, i * (1000 * MILLI))).isFalse();
        }
    }
}
