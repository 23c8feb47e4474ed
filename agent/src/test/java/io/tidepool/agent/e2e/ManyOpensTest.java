package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However often files are opened, and however readers end: no descriptor, thread or memory stays behind. */
final class ManyOpensTest extends EndToEndTest {
    private static final int FILES = 200;
    private static final int SIZE = 10_000;
    private static final int THREADS = 4;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final Duration KILLED = Duration.ofSeconds(10);
    /** Connections that a pool keeps for the next request, threads that wait for work. */
    private static final int POOLED = 64;

    @Override
    Duration limit() {
        return Duration.ofMinutes(50);
    }

    @Test
    void nothingStaysOpen() throws Exception {
        open(10_000, 20);
    }

    @Test
    @Tag("long")
    void nothingStaysOpenForLong() throws Exception {
        open(100_000, 500);
    }

    private void open(int opens, int killed) throws Exception {
        for (int i = 0; i < FILES; i++) {
            emulator.bucket().putSynthetic(key(i), SIZE);
        }
        emulator.bucket().putSynthetic("denied.bin", SIZE);
        emulator.bucket().putSynthetic("stalls.bin", 2L * CHUNK);
        ActiveFault denied = emulator.faults()
                .add(FaultRule.on("denied.bin", Fault.status(403, "AccessDenied"))
                        .method("*"));
        ActiveFault stalls = emulator.faults().add(FaultRule.on("stalls.bin", Fault.stallForever(1000)));
        Agent agent = fork(setup().deadline(Duration.ofSeconds(5)));
        openAll(agent, FILES * THREADS); // each thread opens each file: the agent keeps cache files open
        ProcessUse use = new ProcessUse(agent.pid());
        long before = use.descriptors();
        long threadsBefore = use.threads();

        openAll(agent, opens);
        endReaders(agent, killed);

        assertThat(denied.fired()).isPositive();
        assertThat(stalls.fired()).isPositive();
        ManyReadersTest.assertNothingIsHeld(agent);
        Eventually.is("descriptors are closed", () -> use.descriptors() <= before + POOLED);
        Eventually.is("threads end", () -> use.threads() <= threadsBefore + POOLED);
        // Half of them read over gRPC, but for the tenth that fails; the kernel's page cache has most of the others'
        // bytes.
        assertThat(agent.metric("tidepool_read_requests_total", "")).isGreaterThanOrEqualTo(opens * 0.45);
    }

    private static String key(int i) {
        return "many/" + i % FILES + ".bin";
    }

    /** Half through the mount, half over gRPC; one in ten fails. */
    private static void openAll(Agent agent, int opens) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                boolean mounted = t % 2 == 0;
                running.add(threads.submit(() -> {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
                    for (int i = 0; i < opens / THREADS; i++) {
                        boolean fails = i % 10 == 9;
                        if (mounted) {
                            openThroughMount(agent, i, fails, buffer.clear());
                        } else {
                            openOverGrpc(agent, i, fails, buffer.clear());
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private static void openThroughMount(Agent agent, int i, boolean fails, ByteBuffer buffer) throws ErrnoException {
        if (fails) {
            boolean missing = i % 20 == 9;
            Path file = agent.at(missing ? "/m/many/none-" + i : "/m/denied.bin");
            assertThat(Posix.errnoOf(() -> Posix.close(Posix.open(file)))).isEqualTo(missing ? ENOENT : EACCES);
            return;
        }
        int fd = Posix.open(agent.at("/m/" + key(i)));
        if (i % 3 == 0) {
            Posix.pread(fd, buffer, 0);
            assertThat(SyntheticBytes.check(key(i), 1, 0, buffer.flip())).isEmpty();
        }
        Posix.close(fd);
    }

    private static void openOverGrpc(Agent agent, int i, boolean fails, ByteBuffer buffer) throws ClientException {
        if (fails) {
            String path = i % 20 == 9 ? "/m/many/none-" + i : "/m/denied.bin";
            assertThatThrownBy(() -> agent.client().read(path, 0, buffer)).isInstanceOf(ClientException.class);
            return;
        }
        buffer.limit(100);
        agent.client().read("/m/" + key(i), 0, buffer);
        assertThat(SyntheticBytes.check(key(i), 1, 0, buffer.flip())).isEmpty();
    }

    /** Readers that wait for bytes which don't come, ended by SIGINT or SIGKILL. */
    private void endReaders(Agent agent, int readers) throws Exception {
        Path file = agent.at("/m/stalls.bin");
        for (int i = 0; i < readers; ) {
            String direct = i % 2 == 0 ? " iflag=direct" : "";
            try (Child reader = Child.program(
                    "bash", "-c", "exec dd if=\"$1\" of=/dev/null bs=128k skip=8" + direct, "bash", file)) {
                Eventually.is("it reads", () -> agent.metric("tidepool_open_files", "fuse") > 0 || !reader.isAlive());
                if (!reader.isAlive()) {
                    continue; // It came when the fill had just failed at its deadline, and so did its read.
                }
                i++;
                if (i % 4 < 2) {
                    ended(Child.program("kill", "-INT", reader.pid())).succeeds(KILLED);
                } else {
                    reader.kill();
                }
                assertThat(reader.ends(KILLED)).as("a killed reader ends").isTrue();
            }
        }
    }
}
