package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An origin that stalls, throttles or is gone for longer than a read waits; and what readers get when it is over. */
final class OriginLastingFaultsTest extends EndToEndTest {
    private static final long SIZE = 2 * MIB;
    private static final int EIO = 5;
    private static final Duration RECOVERY = Duration.ofSeconds(5);

    @Override
    Duration limit() {
        return Duration.ofMinutes(15);
    }

    @Test
    void whenEverythingStallsReadsFailAtTheirDeadline() throws Exception {
        everythingStalls(Duration.ofSeconds(4));
    }

    @Test
    @Tag("long")
    void whenEverythingStallsReadsFailAtTheDefaultDeadline() throws Exception {
        everythingStalls(Duration.ofSeconds(30));
    }

    private void everythingStalls(Duration deadline) throws Exception {
        int readers = 4;
        for (int i = 0; i < readers; i++) {
            emulator.bucket().putSynthetic("m" + i, SIZE);
        }
        Agent agent = start(hedging().deadline(deadline));
        ActiveFault fault = emulator.faults().add(FaultRule.on("*", Fault.stallForever(100_000)));
        List<Future<Duration>> reads = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < readers; i++) {
                int fd = Posix.open(agent.at("/m/m" + i));
                reads.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    int errno = Posix.errnoOf(() -> Posix.pread(fd, ByteBuffer.allocateDirect(MIB), MIB));
                    assertThat(errno).isEqualTo(EIO);
                    return Duration.ofNanos(System.nanoTime() - start);
                }));
            }
        }
        assertThat(fault.fired()).isGreaterThanOrEqualTo(readers);
        for (Future<Duration> read : reads) {
            assertThat(read.get()).isBetween(deadline.minusSeconds(1), deadline.plusSeconds(1));
        }
    }

    @Test
    void whatIsCachedIsReadWhileTheOriginIsGoneAndTheRestSoonAfterItIsBack() throws Exception {
        originGone(Duration.ofSeconds(8));
    }

    @Test
    @Tag("long")
    void whatIsCachedIsReadWhileTheOriginIsGoneForTenMinutes() throws Exception {
        originGone(Duration.ofMinutes(10));
    }

    private void originGone(Duration time) throws Exception {
        put("cached", "other");
        Agent agent = start(hedging().deadline(Duration.ofSeconds(3)));
        assertThat(readErrno(agent, "cached")).isZero();
        emulator.switchOff();
        assertCachedIsReadAndTheRestFails(agent, time);
        emulator.switchOn();
        Eventually.within(RECOVERY, "reads work again", () -> readErrno(agent, "other") == 0);
    }

    @Test
    void whatIsCachedIsReadWhileNamesAreNotResolvedAndTheRestSoonAfterTheyAre() throws Exception {
        namesGone(Duration.ofSeconds(6));
    }

    @Test
    @Tag("long")
    void whatIsCachedIsReadWhileNamesAreNotResolvedForTenMinutes() throws Exception {
        namesGone(Duration.ofMinutes(10));
    }

    private void namesGone(Duration time) throws Exception {
        put("cached", "other");
        Path hosts = directory.resolve("hosts");
        String known = "127.0.0.1 localhost\n127.0.0.1 oss.tidepool.test\n";
        Files.writeString(hosts, known);
        String endpoint = "http://oss.tidepool.test:" + emulator.endpoint().getPort();
        AgentSetup setup = new AgentSetup(directory)
                .endpoint(endpoint)
                .bucket(emulator)
                .show("m", "oss", "", "off")
                .deadline(Duration.ofSeconds(3));
        String resolver = "-Djdk.net.hosts.file=" + hosts;
        Agent before = fork(setup, resolver);
        assertThat(readErrno(before, "cached")).isZero();
        before.stop();

        // An agent that starts now knows no address.
        Files.writeString(hosts, "127.0.0.1 localhost\n");
        Agent agent = fork(setup, resolver);
        assertCachedIsReadAndTheRestFails(agent, time);
        assertThat(agent.log()).contains("UnknownHost");
        Files.writeString(hosts, known);
        Eventually.within(RECOVERY, "reads work again", () -> readErrno(agent, "other") == 0);
    }

    private void assertCachedIsReadAndTheRestFails(Agent agent, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        do {
            assertThat(readErrno(agent, "cached")).isZero();
            assertReadsOverGrpc(agent, "cached", SIZE);
            assertThat(readErrno(agent, "other")).isEqualTo(EIO);
        } while (System.nanoTime() < end);
    }

    private AgentSetup hedging() throws IOException {
        return new AgentSetup(directory).hedges(0.05).bucket(emulator).show("m", "oss", "", "off");
    }

    private void put(String... keys) {
        for (String key : keys) {
            emulator.bucket().putSynthetic(key, SIZE);
        }
    }

    private static int readErrno(Agent agent, String key) {
        return MountedFile.errno(agent.at("/m/" + key), key, SIZE);
    }
}
