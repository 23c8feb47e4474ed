package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.fuse.MountInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the end-to-end tests share: an emulator, a directory, agents and other processes, and their end, come what may. Where
 * nothing can be mounted the tests are skipped with a line on standard error, unless TIDEPOOL_REQUIRE_FUSE=1 says that this
 * is a failure.
 */
abstract class EndToEndTest {
    static final int MIB = 1 << 20;
    static final int CHUNK = 8 * MIB;

    private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("e2e-watchdog").factory());

    OssEmulator emulator;
    Path directory;

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private ScheduledFuture<?> watchdog;

    /** When the mount of a test that hangs is cut off. */
    Duration limit() {
        return Duration.ofSeconds(200);
    }

    @BeforeEach
    final void prepare() throws IOException {
        requireFuse();
        directory = Files.createTempDirectory("tp-e2e").toRealPath();
        emulator = new OssEmulator(EmulatorOptions.defaults());
        // A thread in a system call on a mount that gives no answer can't be interrupted: only the mount's end frees
        // it.
        watchdog = WATCHDOG.schedule(
                () -> {
                    System.err.println("WATCHDOG: " + getClass().getSimpleName() + " takes longer than " + limit());
                    cutOffMounts();
                },
                limit().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @AfterEach
    final void cleanUp() throws Exception {
        Throwable failure = null;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception | AssertionError e) {
                failure = e;
            }
        }
        watchdog.cancel(false);
        boolean left = cutOffMounts();
        emulator.close();
        delete(directory);
        if (failure != null) {
            throw new AssertionError("the test's processes did not end well", failure);
        }
        if (left) {
            throw new AssertionError("the test left a mount below " + directory);
        }
    }

    /** An agent in this JVM. */
    final Agent start(AgentSetup setup) throws Exception {
        return ended(Agent.start(setup));
    }

    /** An agent in a JVM of its own, as users run it. */
    final Agent fork(AgentSetup setup, String... flags) throws Exception {
        return ended(Agent.fork(setup, flags));
    }

    /** An agent in a JVM of its own, with the launcher's flags and after the shell's commands. */
    final Agent launch(AgentSetup setup, String shell) throws Exception {
        return ended(Agent.launch(setup, shell));
    }

    /** Ends {@code process} with the test at the latest. */
    final <T extends AutoCloseable> T ended(T process) {
        running.push(process);
        return process;
    }

    /** An agent's setup that shows the emulator's bucket as {@code /m}, without reading ahead. */
    final AgentSetup setup() throws IOException {
        return new AgentSetup(directory).bucket(emulator).show("m", "oss", "", "off");
    }

    /** As {@link #setup}, for origins that fail: gives up soon. */
    final AgentSetup impatient() throws IOException {
        return new AgentSetup(directory)
                .stallTimeout(Duration.ofSeconds(1))
                .bucket(emulator)
                .show("m", "oss", "", "off")
                .deadline(Duration.ofSeconds(3));
    }

    /** Reads a whole synthetic object of version 1 over gRPC: for what the kernel's page cache would answer for the mount. */
    static void assertReadsOverGrpc(Agent agent, String key, long size) throws ClientException {
        ByteBuffer into = ByteBuffer.allocate(700_000);
        for (long offset = 0; offset < size; offset += into.limit()) {
            into.clear().limit((int) Math.min(into.capacity(), size - offset));
            assertThat(agent.client().read("/m/" + key, offset, into)).isEqualTo(into.limit());
            assertThat(SyntheticBytes.check(key, 1, offset, into.flip())).isEmpty();
        }
    }

    private boolean cutOffMounts() {
        Path point = directory.resolve("mnt");
        boolean found = false;
        for (int i = 0; i < 5 && MountInfo.at(point).isPresent(); i++) {
            System.err.println("cutting off the mount that a test left at " + point);
            Posix.cutOff(point);
            found = true;
        }
        return found;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void requireFuse() {
        if (Files.exists(Path.of("/dev/fuse"))) {
            return;
        }
        String message = "no /dev/fuse here: the end-to-end tests do not run";
        if ("1".equals(System.getenv("TIDEPOOL_REQUIRE_FUSE"))) {
            throw new AssertionError(message + ", although TIDEPOOL_REQUIRE_FUSE=1");
        }
        System.err.println("SKIPPED: " + message);
        Assumptions.abort(message);
    }
}
