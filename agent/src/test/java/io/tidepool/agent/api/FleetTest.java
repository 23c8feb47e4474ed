package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.e2e.Eventually;
import io.tidepool.agent.read.OpenFile;
import io.tidepool.proto.v1.CellHost;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.Holder;
import io.tidepool.proto.v1.HostWarm;
import io.tidepool.proto.v1.HostWarmState;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.PeersResponse;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import io.tidepool.proto.v1.WhereFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three agents of one cell; the client talks to the first. */
@Timeout(60)
class FleetTest {
    private static final int CHUNK = TestAgent.CHUNK;
    private static final String MODEL = "/m/llama";
    private static final long SIZE = CHUNK + 101L;

    @TempDir
    Path directory;

    private TestFleet fleet;
    private TidepoolClient client;

    @BeforeEach
    void start() throws Exception {
        fleet = new TestFleet(directory, 3);
        client = fleet.get(0).client();
        fleet.put("llama/a.safetensors", 1, CHUNK + 1);
        fleet.put("llama/b.safetensors", 1, 100);
    }

    @AfterEach
    void stop() {
        client.close();
        fleet.close();
    }

    private WarmProgress copies(int copies, Consumer<WarmProgress> listener) throws ClientException {
        return client.warm(
                WarmRequest.newBuilder().addPaths(MODEL).setCopies(copies).build(), listener);
    }

    private WarmProgress all() throws ClientException {
        return client.warm(
                WarmRequest.newBuilder().addPaths(MODEL).setAllHosts(true).build(), progress -> {});
    }

    /** Some of the model, or all, in one agent's cache. */
    private void warm(int agent, String path) throws Exception {
        try (TidepoolClient own = fleet.get(agent).client()) {
            own.warm(List.of(path), progress -> {});
        }
    }

    private static Map<String, HostWarmState> states(WarmProgress end) {
        return end.getHostsList().stream().collect(Collectors.toMap(HostWarm::getHost, HostWarm::getState));
    }

    private List<WhereFile> where() throws ClientException {
        List<WhereFile> files = new ArrayList<>();
        client.where(List.of(MODEL), files::add);
        return files;
    }

    @Test
    void allHostsGetTheFiles() throws Exception {
        WarmProgress end = all();
        assertThat(end.getFinished()).isTrue();
        assertThat(end.getWantedHosts()).isEqualTo(3);
        assertThat(end.getDoneHosts()).isEqualTo(3);
        assertThat(end.getTotalBytes()).isEqualTo(3 * SIZE);
        assertThat(end.getDoneBytes()).isEqualTo(3 * SIZE);
        assertThat(end.getTotalFiles()).isEqualTo(6);
        assertThat(end.getAmplification()).as("these agents share nothing").isEqualTo(3.0);
        assertThat(states(end).values()).containsOnly(HostWarmState.HOST_WARM_STATE_DONE);
        for (WhereFile file : where()) {
            assertThat(file.getHoldersList().stream().map(Holder::getCachedBytes))
                    .containsExactly(file.getSizeBytes(), file.getSizeBytes(), file.getSizeBytes());
        }
    }

    @Test
    void whoHasMostIsTakenFirst() throws Exception {
        warm(2, MODEL);
        warm(1, "/m/llama/b.safetensors");
        WarmProgress end = copies(2, progress -> {});
        assertThat(states(end)).containsOnlyKeys("c", "b");
        assertThat(end.getAmplification()).isEqualTo((double) (CHUNK + 1) / SIZE);
        assertThat(fleet.get(0).chunksAskedFor()).isZero();

        List<WhereFile> where = where();
        assertThat(where.getFirst().getPath()).isEqualTo("/m/llama/a.safetensors");
        assertThat(where.getFirst().getHoldersList().stream().map(Holder::getHost))
                .containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void anotherTakesThePlaceOfAHostThatFails() throws Exception {
        warm(1, "/m/llama/b.safetensors"); // so b is asked first
        fleet.get(1).allowChunks(0);
        CompletableFuture<Void> killed = new CompletableFuture<>();
        WarmProgress end = copies(1, progress -> {
            if (fleet.get(1).chunksAskedFor() > 1 && !killed.isDone()) {
                fleet.kill(1);
                killed.complete(null);
            }
        });
        assertThat(killed).isDone();
        assertThat(end.getDoneHosts()).isEqualTo(1);
        assertThat(states(end))
                .containsEntry("b", HostWarmState.HOST_WARM_STATE_FAILED)
                .containsValue(HostWarmState.HOST_WARM_STATE_DONE)
                .hasSize(2);
        assertThat(end.getTotalBytes()).as("of the host that took over").isEqualTo(SIZE);
        HostWarm b = end.getHostsList().stream()
                .filter(host -> host.getHost().equals("b"))
                .findFirst()
                .orElseThrow();
        assertThat(b.getMessage()).startsWith("can't be reached");
    }

    @Test
    void ofAllHostsTheOthersGoOnWhenOneFails() throws Exception {
        fleet.kill(2);
        WarmProgress end = all();
        assertThat(end.getWantedHosts()).isEqualTo(3);
        assertThat(end.getDoneHosts()).isEqualTo(2);
        assertThat(states(end)).containsEntry("c", HostWarmState.HOST_WARM_STATE_FAILED);
    }

    @Test
    void moreCopiesThanHostsIsAsManyAsThereAre() throws Exception {
        WarmProgress end = copies(5, progress -> {});
        assertThat(end.getWantedHosts()).isEqualTo(5);
        assertThat(end.getDoneHosts()).isEqualTo(3);
    }

    @Test
    void whatTheOriginRefusesOneHostIsNotTriedOnAll() throws Exception {
        for (int i = 0; i < 3; i++) {
            fleet.get(i).failReads(Kind.ACCESS_DENIED);
        }
        WarmProgress end = copies(1, progress -> {});
        assertThat(end.getDoneHosts()).isZero();
        assertThat(end.getHostsCount()).isEqualTo(1);
        assertThat(end.getFailuresList())
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure.getMessage()).startsWith("on "));
    }

    @Test
    void cancellingStopsTheHosts() throws Exception {
        for (int i = 0; i < 3; i++) {
            fleet.get(i).allowChunks(0);
        }
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                all();
            } catch (ClientException e) {
                // It was cancelled.
            }
        });
        await(() -> IntStream.range(0, 3).allMatch(i -> fleet.get(i).chunksAskedFor() > 0));
        assertThat(fleet.callsRunning()).isEqualTo(3);
        caller.interrupt();
        caller.join();
        await(() -> fleet.callsRunning() == 0);
    }

    /** Bounded by the test's own time. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10);
        }
    }

    @Test
    void aSilentHostIsNamed() throws Exception {
        warm(0, MODEL);
        fleet.kill(1);
        WhereFile file = where().getFirst();
        assertThat(file.getSilentHostsList()).containsExactly("b");
        assertThat(file.getHoldersList())
                .containsExactly(Holder.newBuilder()
                        .setHost("a")
                        .setCachedBytes(CHUNK + 1)
                        .build());
    }

    @Test
    void peersAreTheHostsOfTheView() throws Exception {
        warm(0, MODEL);
        fleet.kill(1);
        fleet.leave(2);
        PeersResponse peers = client.peers();
        assertThat(peers.getCell()).isEqualTo("test");
        assertThat(peers.getHostsList().stream().map(CellHost::getName)).containsExactly("a", "b");
        CellHost a = peers.getHosts(0);
        assertThat(a.getSelf()).isTrue();
        assertThat(a.getZone()).isEqualTo("zone-a");
        assertThat(a.getDataAddress()).isEqualTo("127.0.0.1:7480");
        assertThat(Instant.ofEpochSecond(a.getSince().getSeconds())).isEqualTo(TestFleet.SINCE);
        assertThat(a.getTraffic().getCachedBytes()).isEqualTo(SIZE);
        CellHost b = peers.getHosts(1);
        assertThat(b.getSelf()).isFalse();
        assertThat(b.hasTraffic()).isFalse();
        assertThat(b.getTrouble()).startsWith("can't be reached");
    }

    @Test
    void aReportTellsWhatTheCellPaid() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (OpenFile file = fleet.get(i).open("/m/llama/a.safetensors")) {
                file.read(0, ByteBuffer.allocate(CHUNK + 1));
            }
        }
        LoadReportsRequest request =
                LoadReportsRequest.newBuilder().setCell(true).build();
        // A load counts a chunk when its fill ends, which may be after its reader has the bytes.
        Eventually.is(
                "both hosts' fills are counted",
                () -> client.loadReports(request).getFirst().getCell().getOriginBytes() == 2 * (CHUNK + 1));
        LoadReport report = client.loadReports(request).getFirst();
        assertThat(report.getCell().getHosts()).isEqualTo(2);
        assertThat(report.getCell().getOriginBytes()).isPositive().isEqualTo(2 * report.getOriginBytes());
        assertThat(report.getCell().getAmplification()).isEqualTo(2 * report.getAmplification());
        assertThat(client.loadReports(0).getFirst().hasCell()).isFalse();

        fleet.kill(1);
        assertThat(client.loadReports(request).getFirst().getCell().getSilentHosts())
                .isEqualTo(1);
    }

    @Test
    void anAgentThatSharesWithNobodySaysSo() throws Exception {
        try (TestAgent alone = new TestAgent(directory.resolve("alone"));
                TidepoolClient its = alone.client()) {
            ClientException refused = catchThrowableOfType(ClientException.class, its::peers);
            assertThat(refused).hasMessage("this agent shares with no others: set peers in its configuration");
            assertThat(refused.kind()).isEqualTo(ErrorKind.ERROR_KIND_INVALID);
        }
    }
}
