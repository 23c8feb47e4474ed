package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CountersTest {

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        emulator.bucket().putSynthetic("k", 1_000_000);
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void bytesAndDistinctBytesOfOverlappingRanges() throws IOException, InterruptedException {
        TestClients.get(emulator, "k", "Range", "bytes=0-99");
        TestClients.get(emulator, "k", "Range", "bytes=50-149");
        TestClients.get(emulator, "k", "Range", "bytes=150-199");
        TestClients.get(emulator, "k", "Range", "bytes=500-599");
        KeyCount count = emulator.count("k");
        assertThat(count.requests("GET")).isEqualTo(4);
        assertThat(count.bytesSent()).isEqualTo(350);
        assertThat(count.distinctBytes()).isEqualTo(300);
        assertThat(count.overFetchedBytes()).isEqualTo(50);
        assertThat(count.ranges())
                .containsExactly(
                        new KeyCount.Range(0, 100, 206),
                        new KeyCount.Range(50, 100, 206),
                        new KeyCount.Range(150, 50, 206),
                        new KeyCount.Range(500, 100, 206));

        TestClients.get(emulator, "k");
        assertThat(emulator.count("k").distinctBytes()).isEqualTo(1_000_000);
        assertThat(emulator.count("k").bytesSent()).isEqualTo(1_000_350);
    }

    @Test
    void requestsByKind() throws IOException, InterruptedException {
        TestClients.send(emulator, "HEAD", "k");
        TestClients.send(emulator, "HEAD", "k?objectMeta");
        TestClients.send(emulator, "PUT", "new");
        TestClients.send(emulator, "DELETE", "new");
        TestClients.get(emulator, "none");
        TestClients.get(emulator, "?prefix=k");
        assertThat(emulator.count("k").requests())
                .containsOnlyKeys("HEAD", "META")
                .containsValue(1L);
        assertThat(emulator.count("none").requests("GET")).isEqualTo(1);
        assertThat(emulator.count("").requests("LIST")).isEqualTo(1);
        assertThat(emulator.counters().total().requests())
                .containsEntry("GET", 1L)
                .containsEntry("PUT", 1L)
                .containsEntry("DELETE", 1L);
        assertThat(emulator.counters().all()).containsKeys("models/k", "models/none", "models/");
    }

    @Test
    void onlyBytesThatWentOutCount() throws IOException {
        emulator.faults().add(FaultRule.on("k", Fault.shortBody(1234)).times(1));
        assertThat(RawHttp.get(emulator, "k", 2000).body()).hasSize(1234);
        assertThat(emulator.count("k").bytesSent()).isEqualTo(1234);
        assertThat(emulator.count("k").distinctBytes()).isEqualTo(1234);
    }

    @Test
    void resetStartsAtZero() throws IOException, InterruptedException {
        TestClients.get(emulator, "k", "Range", "bytes=0-99");
        emulator.counters().reset();
        assertThat(emulator.count("k")).isEqualTo(KeyCount.NONE);
        assertThat(emulator.counters().all()).isEmpty();
        TestClients.get(emulator, "k", "Range", "bytes=0-9");
        assertThat(emulator.count("k").bytesSent()).isEqualTo(10);
        assertThat(emulator.counters().total().bytesSent()).isEqualTo(10);
    }
}
