package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.store.Crc64Sums;
import io.tidepool.proto.v1.CellHost;
import io.tidepool.proto.v1.Holder;
import io.tidepool.proto.v1.PeersResponse;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import io.tidepool.proto.v1.WhereFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One command brings a model to every host of a cell, and costs the bucket one copy. */
final class FleetWarmTest extends EndToEndTest {
    private static final int HOSTS = 3;
    private static final String KEY = "weights.bin";
    private static final long SIZE = 100L << 20;

    private final CellHosts cell = new CellHosts(HOSTS);

    @Test
    void allHostsAndOneCopyFromTheBucket() throws Exception {
        Crc64Sums.of(emulator.bucket().putSynthetic(KEY, SIZE)).join();
        List<Agent> agents = new ArrayList<>();
        for (int number = 1; number <= HOSTS; number++) {
            Path own = Files.createDirectory(directory.resolve("host-" + number));
            agents.add(start(new AgentSetup(own)
                    .bucket(emulator)
                    .show("m", "oss", "", "model")
                    .peer(cell, number, null)));
        }
        Agent first = agents.getFirst();
        for (Agent agent : agents) {
            Eventually.within(
                    Duration.ofSeconds(30),
                    "it sees all",
                    () -> agent.client().peers().getHostsCount() == HOSTS);
        }

        WarmProgress end = first.client()
                .warm(WarmRequest.newBuilder().addPaths("/m").setAllHosts(true).build(), progress -> {});
        assertThat(end.getDoneHosts()).isEqualTo(HOSTS);
        assertThat(end.getAmplification()).isEqualTo(1.0);
        assertThat(emulator.count(KEY).bytesSent()).isEqualTo(SIZE);

        List<WhereFile> where = new ArrayList<>();
        first.client().where(List.of("/m"), where::add);
        assertThat(where.getFirst().getHoldersList().stream().map(Holder::getCachedBytes))
                .containsExactly(SIZE, SIZE, SIZE);

        PeersResponse peers = first.client().peers();
        assertThat(peers.getHostsList().stream().map(CellHost::getName)).containsExactly("host-1", "host-2", "host-3");
        assertThat(peers.getHostsList().stream()
                        .mapToLong(host -> host.getTraffic().getOriginBytes())
                        .sum())
                .isEqualTo(SIZE);
        assertThat(peers.getHostsList().stream()
                        .mapToLong(host -> host.getTraffic().getReceivedBytes())
                        .sum())
                .isEqualTo((HOSTS - 1) * SIZE);
        assertThat(peers.getHostsList().stream()
                        .mapToLong(host -> host.getTraffic().getSentBytes())
                        .sum())
                .isGreaterThanOrEqualTo((HOSTS - 1) * SIZE);
    }
}
