package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the host gives the agent's process: too little is one line at the start, just enough is enough. */
final class LimitsTest extends EndToEndTest {
    private static final Duration END = Duration.ofSeconds(60);
    private static final int EIO = 5;

    @Test
    void memoryThatIsTooLittleIsOneLineAndJustEnoughIsEnough() throws Exception {
        AgentSetup setup = setup().landing("64MiB").capacity("256MiB");
        long needed;
        try (Cgroup cgroup = Cgroup.ofMemory(600L * MIB)) {
            needed = needed(
                    setup,
                    cgroup.enter(),
                    "needs (\\d+)MiB of memory \\(heap 512MiB, .*memory\\.landing 64MiB.*" + "may have 600MiB: .*");
        }
        long size = 512L * MIB;
        emulator.bucket().putSynthetic("loaded.bin", size);
        Cgroup cgroup = ended(Cgroup.ofMemory((needed + 1) * MIB));
        Agent agent = launch(setup, cgroup.enter());
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> reads = IntStream.range(0, 8)
                    .mapToObj(
                            i -> threads.submit(() -> MountedFile.errno(agent.at("/m/loaded.bin"), "loaded.bin", size)))
                    .toList();
            for (Future<Integer> read : reads) {
                assertThat(read.get()).as("errno").isZero();
            }
        }
        assertThat(cgroup.killed()).isZero();
        assertThat(agent.metric("tidepool_open_files", "")).isZero();
    }

    @Test
    void tooFewThreadsIsOneLine() throws Exception {
        try (Cgroup cgroup = Cgroup.ofThreads(100)) {
            needed(setup().landing("512MiB"), cgroup.enter(), "needs (\\d+) threads \\(fills 64, .* may have 100: .*");
        }
    }

    @Test
    void tooFewDescriptorsIsOneLineAndRunningOutOfThemLosesNothingForEver() throws Exception {
        AgentSetup setup = setup().landing("64MiB").deadline(Duration.ofSeconds(3));
        long needed = needed(
                setup,
                "ulimit -n 250",
                "needs (\\d+) open files \\(connections to origins 256, .*" + " may have 250: raise .*");
        for (String key : List.of("before", "during", "after")) {
            emulator.bucket().putSynthetic(key, CHUNK + 1000);
        }
        Agent agent = launch(setup, "ulimit -n " + (needed + 10));
        assertThat(MountedFile.errno(agent.at("/m/before"), "before", CHUNK + 1000))
                .isZero();
        Deque<SocketChannel> sockets = new ArrayDeque<>();
        ProcessUse use = new ProcessUse(agent.pid());
        while (use.descriptors() < needed + 10) {
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            socket.connect(UnixDomainSocketAddress.of(agent.socket()));
            sockets.push(socket);
            if (sockets.size() % 32 == 0) {
                Thread.sleep(20);
            }
            assertThat(sockets.size()).isLessThan(2_000);
        }
        for (String key : List.of("before", "during")) {
            assertThat(MountedFile.errno(agent.at("/m/" + key), key, CHUNK + 1000))
                    .isIn(0, EIO);
        }
        while (!sockets.isEmpty()) {
            sockets.pop().close();
        }
        Eventually.is("descriptors are free again", () -> use.descriptors() < needed - 100);
        for (String key : List.of("before", "during", "after")) {
            assertThat(MountedFile.errno(agent.at("/m/" + key), key, CHUNK + 1000))
                    .as(key)
                    .isZero();
        }
        ManyReadersTest.assertNothingIsHeld(agent);
    }

    /** Expects that an agent doesn't start, for the reason in its one line; the number in that. */
    private long needed(AgentSetup setup, String shell, String line) throws Exception {
        Child child = ended(Agent.launched(setup, shell));
        assertThat(child.ends(END)).isTrue();
        assertThat(child.exitCode()).as(child.written()).isEqualTo(1);
        Matcher matcher =
                Pattern.compile("tidepool: " + line).matcher(child.written().strip());
        assertThat(matcher.matches()).as(child.written()).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
