package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.store.Crc64Sums;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hosts that load one model at the same time cost the bucket one copy of it. */
final class CellTest extends EndToEndTest {
    private static final int HOSTS = 3;
    private static final String KEY = "weights.bin";
    private static final long SIZE = 200L << 20;

    private final CellHosts cell = new CellHosts(HOSTS + 1);

    @Test
    void aBurstTakesEachChunkFromTheBucketOnce() throws Exception {
        Crc64Sums.of(emulator.bucket().putSynthetic(KEY, SIZE)).join();
        List<Agent> agents = new ArrayList<>();
        for (int number = 1; number <= HOSTS; number++) {
            agents.add(start(host(number)));
        }
        awaitCell(agents, HOSTS);
        load(agents);
        KeyCount count = emulator.count(KEY);
        assertThat(count.distinctBytes()).isEqualTo(SIZE);
        assertThat(count.bytesSent()).as("bytes from the bucket").isEqualTo(SIZE);
        double fromPeers = 0;
        for (Agent agent : agents) {
            assertThat(agent.cachedBytes("/m/" + KEY)).isEqualTo(SIZE);
            fromPeers += agent.metric("tidepool_fill_bytes_total", "peer");
        }
        assertThat(fromPeers).isEqualTo((HOSTS - 1.0) * SIZE);

        // One that comes later finds all of it in the cell.
        Agent late = start(host(HOSTS + 1));
        agents.add(late);
        awaitCell(agents, HOSTS + 1);
        load(List.of(late));
        assertThat(emulator.count(KEY).bytesSent()).isEqualTo(SIZE);
    }

    private AgentSetup host(int number) throws Exception {
        Path own = Files.createDirectory(directory.resolve("host-" + number));
        return new AgentSetup(own)
                .bucket(emulator)
                .show("m", "oss", "", "model")
                .peer(cell, number);
    }

    private static void awaitCell(List<Agent> agents, int hosts) throws Exception {
        for (Agent agent : agents) {
            Eventually.within(
                    Duration.ofSeconds(30),
                    "it sees " + hosts + " hosts",
                    () -> agent.metric("tidepool_cell_hosts", "") == hosts);
        }
    }

    private void load(List<Agent> agents) throws Exception {
        List<Child> readers = new ArrayList<>();
        for (Agent agent : agents) {
            Path path = agent.at("/m/" + KEY);
            readers.add(ended(Child.reader("pread", path, KEY, 1, BlockOrder.SEQUENTIAL.name(), MIB)));
        }
        for (Child reader : readers) {
            assertThat(reader.result(Duration.ofMinutes(2))).isEqualTo("ok " + SIZE);
        }
    }
}
