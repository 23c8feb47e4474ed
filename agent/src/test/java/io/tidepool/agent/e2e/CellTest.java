package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.peer.Certificates;
import io.tidepool.emulator.shape.Shape;
import io.tidepool.emulator.store.Crc64Sums;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that load one model at the same time cost the bucket one copy of it. */
final class CellTest extends EndToEndTest {
    private static final int HOSTS = 4;
    private static final String KEY = "weights.bin";
    private static final long SIZE = 240L << 20;
    /** A busy machine can make a host look silent to another for a moment, and a chunk come twice. */
    private static final long SPARE = 2L * CHUNK;

    private static final Duration LOADED = Duration.ofMinutes(2);
    /** What a fault may cost: chunks that were under way where it happened come twice. */
    private static final double FAULT_AMPLIFICATION = 1.30;

    private final CellHosts cell = new CellHosts(HOSTS);

    @BeforeEach
    void putModel() {
        Crc64Sums.of(emulator.bucket().putSynthetic(KEY, SIZE)).join();
    }

    @Test
    void eachChunkComesFromTheBucketOnceForAllHostsThatAreThereAndComeLaterAndAfterARestart() throws Exception {
        List<Agent> agents = new ArrayList<>(List.of(start(host(1)), start(host(2)), start(host(3))));
        awaitCell(agents);
        assertLoaded(load(agents));
        assertThat(emulator.count(KEY).distinctBytes()).isEqualTo(SIZE);
        assertFetched(SIZE);
        double fromPeers = 0;
        for (Agent agent : agents) {
            awaitAllCached(agent);
            fromPeers += agent.metric("tidepool_fill_bytes_total", "peer");
        }
        assertThat(fromPeers).isBetween(2.0 * SIZE - SPARE, 2.0 * SIZE);

        // All end; one comes back with its cache, and a new one finds everything there.
        for (Agent agent : agents) {
            agent.stop();
        }
        List<Agent> later = List.of(start(host(1)), start(host(4)));
        awaitCell(later);
        assertLoaded(load(later));
        assertFetched(SIZE);
    }

    @Test
    void theBusiestTrackerIsKilledInTheMiddle() throws Exception {
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(SIZE / 5));
        List<Agent> agents = forkAll();
        assertThat(agents.getFirst().log()).contains("peers.plaintext: whoever reaches ports");
        List<Child> readers = load(agents);
        awaitHalf();
        int busiest = busiestTracker(agents);
        agents.get(busiest).kill();
        Child its = readers.remove(busiest);
        assertThat(its.ends(LOADED)).isTrue();
        assertThat(its.exitCode()).as("its own reader fails").isNotZero();
        assertLoaded(readers);
        Posix.cutOff(directory.resolve("host-" + (busiest + 1)).resolve("mnt"));
        agents.remove(busiest);
        assertAmplification(agents);
    }

    @Test
    void aHostIsStoppedInTheMiddleAndGoesOnLater() throws Exception {
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(SIZE / 5));
        List<Agent> agents = forkAll();
        List<Child> readers = load(agents);
        awaitHalf();
        int stopped = (busiestTracker(agents) + 1) % HOSTS;
        agents.get(stopped).signal("-STOP");
        Child its = readers.remove(stopped);
        assertLoaded(readers);
        assertThat(its.isAlive()).as("the stopped host has not finished").isTrue();
        agents.get(stopped).signal("-CONT");
        assertLoaded(List.of(its));
        assertAmplification(agents);
    }

    @Test
    void aHostWhoseCacheRotsGivesNobodyWrongBytes() throws Exception {
        List<Agent> agents = List.of(start(host(1)), start(host(2)), start(host(3)));
        awaitCell(agents);
        List<Agent> others = agents.subList(1, 3);
        assertLoaded(load(agents.subList(0, 1)));
        awaitAllCached(agents.get(0));
        flipABitInEachBlock(directory.resolve("host-1/cache/objects"));
        assertLoaded(load(others));
        double corrupt = 0;
        double ejections = 0;
        for (Agent agent : agents) {
            corrupt += agent.metric("tidepool_chunks_corrupt_total", "peer");
            ejections += agent.metric("tidepool_tracker_decisions_total", "ejection");
        }
        assertThat(corrupt).as("chunks that were refused").isGreaterThanOrEqualTo(2);
        assertThat(ejections).as("trackers that send nobody there any more").isBetween(1.0, 3.0);
        // Once for the host that rots, and once for all others: they go on sharing.
        assertFetched(2 * SIZE);
    }

    private static void flipABitInEachBlock(Path cacheFiles) throws Exception {
        try (Stream<Path> files = Files.walk(cacheFiles)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    for (long at = 12_345; at < bytes.size(); at += MIB) {
                        ByteBuffer one = ByteBuffer.allocate(1);
                        bytes.read(one, at);
                        bytes.write(one.put(0, (byte) (one.get(0) ^ 4)).flip(), at);
                    }
                }
            }
        }
    }

    @Test
    void hostsWithCertificatesShareAndRefuseThoseWithoutOrWithForeignOnes() throws Exception {
        Certificates ours = new Certificates(directory.resolve("ca"));
        List<Agent> agents = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            agents.add(start(host(number, ours.issue("host-" + number))));
        }
        awaitCell(agents);
        Certificates foreign = new Certificates(directory.resolve("foreign")).issue("host-3");
        List<Agent> others = List.of(start(host(3, foreign)), start(host(4, null)));
        assertLoaded(load(agents));
        assertFetched(SIZE);
        for (Agent other : others) {
            assertThat(other.metric("tidepool_cell_hosts", "")).isEqualTo(1);
        }
        // Nobody shares with them, and nothing depends on that.
        assertLoaded(load(others));
        assertFetched(3 * SIZE);
        for (Agent agent : agents) {
            assertThat(agent.metric("tidepool_cell_hosts", "")).isEqualTo(2);
        }
    }

    private AgentSetup host(int number) throws Exception {
        return host(number, null);
    }

    private AgentSetup host(int number, @Nullable Certificates tls) throws Exception {
        Path own = Files.createDirectories(directory.resolve("host-" + number));
        return new AgentSetup(own)
                .bucket(emulator)
                .show("m", "oss", "", "model")
                .landing("96MiB")
                .peer(cell, number, tls);
    }

    private List<Agent> forkAll() throws Exception {
        List<Agent> agents = new ArrayList<>();
        for (int number = 1; number <= HOSTS; number++) {
            agents.add(fork(host(number)));
        }
        awaitCell(agents);
        return agents;
    }

    private static void awaitCell(List<Agent> agents) throws Exception {
        for (Agent agent : agents) {
            Eventually.within(
                    Duration.ofSeconds(30),
                    "it sees all hosts",
                    () -> agent.metric("tidepool_cell_hosts", "") == agents.size());
        }
    }

    private List<Child> load(List<Agent> agents) throws Exception {
        List<Child> readers = new ArrayList<>();
        for (Agent agent : agents) {
            Path path = agent.at("/m/" + KEY);
            readers.add(ended(Child.reader("pread", path, KEY, 1, BlockOrder.SEQUENTIAL.name(), MIB)));
        }
        return readers;
    }

    private static void assertLoaded(List<Child> readers) throws Exception {
        for (Child reader : readers) {
            assertThat(reader.result(LOADED)).isEqualTo("ok " + SIZE);
        }
    }

    /** Readers have a chunk's bytes before the disk has them. */
    private static void awaitAllCached(Agent agent) throws Exception {
        Eventually.is("all of it is cached", () -> agent.cachedBytes("/m/" + KEY) == SIZE);
    }

    private void assertFetched(long bytes) {
        assertThat(emulator.count(KEY).bytesSent()).as("bytes from the bucket").isBetween(bytes, bytes + SPARE);
    }

    private void awaitHalf() throws Exception {
        Eventually.within(
                Duration.ofSeconds(60),
                "half has left the bucket",
                () -> emulator.count(KEY).bytesSent() > SIZE / 2);
        assertThat(emulator.count(KEY).bytesSent()).as("still in the middle").isLessThan(SIZE);
    }

    private static int busiestTracker(List<Agent> agents) throws Exception {
        int busiest = 0;
        double most = -1;
        for (int i = 0; i < agents.size(); i++) {
            double decisions = agents.get(i).metric("tidepool_tracker_decisions_total", "");
            if (decisions > most) {
                busiest = i;
                most = decisions;
            }
        }
        assertThat(most).as("decisions of the busiest tracker").isPositive();
        return busiest;
    }

    private void assertAmplification(List<Agent> agents) throws Exception {
        StringBuilder why = new StringBuilder();
        for (Agent agent : agents) {
            why.append(agent.metrics("tidepool_(peer_f|tracker).*_total.*")).append('\n');
        }
        assertThat(emulator.count(KEY).bytesSent() / (double) SIZE)
                .as("origin amplification; the agents say:\n%s", why)
                .isBetween(1.0, FAULT_AMPLIFICATION);
    }
}
