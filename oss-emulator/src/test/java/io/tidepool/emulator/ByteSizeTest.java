package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4096,4096",
        "1k,-1",
        "1K,1000",
        "1KB,1000",
        "512MiB,536870912",
        "1.5GB,1500000000",
        "200MB/s,200000000",
        "3 GiB,3221225472",
        "2T,2000000000000",
        "7B,7"
    })
    void readsSizes(String text, long bytes) {
        if (bytes < 0) {
            assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1iB", "1PB", "99999999999999TiB", "1..5G"})
    void refusesOthers(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void formats() {
        assertThat(ByteSize.format(1023)).isEqualTo("1023 B");
        assertThat(ByteSize.format(512L << 20)).isEqualTo("512.0 MiB");
    }
}
