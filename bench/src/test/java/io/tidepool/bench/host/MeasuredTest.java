package io.tidepool.bench.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Arithmetic of summaries. */
final class MeasuredTest {
    private static Measured of(double... seconds) {
        return new Measured(
                "x",
                Arrays.stream(seconds)
                        .mapToObj(s -> new Run(s, 2_000_000_000L, 4, 2, 1, 0, 5))
                        .toList());
    }

    @Test
    void medianIsTheMiddleOneOrTheMeanOfTwo() {
        assertThat(of(3, 100, 1).medianSeconds()).isEqualTo(3);
        assertThat(of(4, 100, 2, 1).medianSeconds()).isEqualTo(3);
        assertThat(of(7).medianSeconds()).isEqualTo(7);
    }

    @Test
    void cpuIsPerBillionBytesDelivered() {
        assertThat(of(1).medianPerGb(Run::clientCpuSeconds)).isEqualTo(2);
        assertThat(of(4).medianBytesPerSecond()).isEqualTo(500_000_000);
    }

    @Test
    void spreadIsLeastAndMost() {
        assertThat(of(3, 9, 1).least(Run::seconds)).isEqualTo(1);
        assertThat(of(3, 9, 1).most(Run::seconds)).isEqualTo(9);
    }
}
