package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "1048575, 1.0 MiB",
        "8388608, 8.0 MiB",
        "3221225472, 3.0 GiB",
        "9223372036854775807, 8.0 EiB"
    })
    void bytesReadAsPeopleSayThem(long bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1.0 s",
        "59949, 59.9 s",
        "59950, 1m 00s",
        "185000, 3m 05s",
        "3600000, 1h 00m",
        "93600000, 1d 02h"
    })
    void durationsKeepTwoUnits(long millis, String text) {
        assertThat(Units.duration(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "9223372036854775807, 9223372036854775807",
        "8M, 8388608",
        "8 MiB, 8388608",
        "8mib, 8388608",
        "8MB, 8000000",
        "1.5k, 1536",
        "12B, 12"
    })
    void sizesAreReadInEveryUsualSpelling(String text, long bytes) {
        assertThat(Units.parseBytes(text)).isEqualTo(bytes);
    }

    @Test
    void aWrongSizeSaysWhatIsAccepted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.parseBytes("8 megs"))
                .withMessage("'8 megs' is not a size: write bytes, or a number with KiB, MiB, GiB or TiB");
        assertThatIllegalArgumentException().isThrownBy(() -> Units.parseBytes("-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> Units.parseBytes("99999999P"));
        assertThatIllegalArgumentException().isThrownBy(() -> Units.parseBytes("9223372036854775808"));
    }

    @Test
    void ratesAndShares() {
        assertThat(Units.rate(1 << 20, Duration.ofMillis(500))).isEqualTo("2.0 MiB/s");
        assertThat(Units.rate(1, Duration.ZERO)).isEqualTo("-");
        assertThat(Units.percent(999, 1000)).isEqualTo("99%");
        assertThat(Units.percent(0, 0)).isEqualTo("-");
    }
}
