package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docs/SEMANTICS.md promises and no other end-to-end test looks at: deadlines, signals, read-only, directories. */
final class PromisesTest extends EndToEndTest {
    private static final String KEY = "some/file.bin";
    private static final int SIZE = CHUNK + 100;
    private static final int EIO = 5;
    private static final int EROFS = 30;

    @Test
    void aReadThatGetsNoBytesEndsWithEioAtItsDeadline() throws Exception {
        Duration deadline = Duration.ofSeconds(3);
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(impatient());
        int fd = Posix.open(agent.at("/m/" + KEY));
        ActiveFault silence = silence();
        long start = System.nanoTime();
        assertThat(Posix.errnoOf(() -> Posix.pread(fd, ByteBuffer.allocateDirect(4096), 0)))
                .isEqualTo(EIO);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        // Twice: the kernel's read-ahead fails first, then it asks for the page itself.
        assertThat(took)
                .isBetween(deadline.minusMillis(500), deadline.multipliedBy(2).plusSeconds(2));
        assertThat(silence.fired()).isPositive();
        Posix.close(fd);
    }

    @Test
    void timeForWhichTheAgentIsStoppedDoesNotCountAgainstADeadline() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = fork(new AgentSetup(directory)
                .stallTimeout(Duration.ofSeconds(20))
                .bucket(emulator)
                .show("m", "oss", "", "off")
                .deadline(Duration.ofSeconds(6)));
        Path file = agent.at("/m/" + KEY);
        Posix.stat(file);
        // The bytes come after two seconds more than the deadline, and after at most four that the agent has lived.
        ActiveFault late = emulator.faults()
                .add(FaultRule.on(KEY, Fault.latency(Duration.ofSeconds(8)))
                        .method("GET")
                        .times(1));
        Child reading = ended(Child.program("sha256sum", file));
        Eventually.is("the chunk is asked for", () -> late.fired() > 0);
        agent.signal("-STOP");
        Thread.sleep(6_000);
        assertThat(reading.isAlive()).isTrue();
        agent.signal("-CONT");
        reading.succeeds(Duration.ofSeconds(60));
    }

    @Test
    void aReaderThatIsToldToEndIsLetGoAtOnce() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + KEY);
        Posix.stat(file);
        ActiveFault silence = silence();
        Child reading = ended(Child.program("cat", file));
        Child mapping = ended(Child.reader("mmap", file, KEY, 1));
        Eventually.is("the chunk is asked for", () -> emulator.count(KEY).requests("GET") > 0);
        // Long enough for both to wait for it, and not for the deadline.
        Thread.sleep(3_000);
        assertThat(reading.isAlive()).isTrue();
        assertThat(mapping.isAlive()).isTrue();
        reading.terminate();
        // A JVM doesn't end by SIGTERM while one of its threads waits for a page.
        mapping.kill();
        assertThat(reading.ends(Duration.ofSeconds(5))).as("reading").isTrue();
        assertThat(mapping.ends(Duration.ofSeconds(5))).as("mapping").isTrue();
        assertThat(silence.fired()).isPositive();
        emulator.faults().clear();
    }

    @Test
    void theMountIsReadOnly() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + KEY);
        Path fresh = agent.at("/m/some/fresh");
        assertThat(Posix.errnoOf(() -> Posix.open(Posix.bytes(file), Posix.O_WRONLY)))
                .isEqualTo(EROFS);
        assertThat(Posix.errnoOf(() -> Posix.open(Posix.bytes(fresh), Posix.O_WRONLY | Posix.O_CREAT)))
                .isEqualTo(EROFS);
        assertThat(Posix.errnoOf(() -> Posix.mkdir(fresh))).isEqualTo(EROFS);
        assertThat(Posix.errnoOf(() -> Posix.unlink(file))).isEqualTo(EROFS);
        assertThat(Posix.errnoOf(() -> Posix.rename(file, fresh))).isEqualTo(EROFS);
        assertThat(emulator.bucket().find(KEY)).isPresent();
    }

    @Test
    void prefixesAndOriginsAreTopLevelDirectories() throws Exception {
        for (String key : List.of("x/one.bin", "y/z/two.bin", "y/outside.bin")) {
            emulator.bucket().putSynthetic(key, SIZE);
        }
        Path nas = Files.createDirectory(directory.resolve("nas"));
        Files.createDirectory(nas.resolve("models"));
        Files.write(nas.resolve("models/three.bin"), SyntheticBytes.range("three", 1, 0, SIZE));
        Agent agent = start(new AgentSetup(directory)
                .bucket(emulator)
                .files(nas)
                .show("x", "oss", "x/", "off")
                .show("deep", "oss", "y/z/", "model")
                .show("nas", "local", "models/", "window"));
        assertThat(Posix.list(agent.at("/"))).containsExactlyInAnyOrder("x", "deep", "nas");
        assertThat(Posix.list(agent.at("/x"))).containsExactly("one.bin");
        assertThat(Posix.list(agent.at("/deep"))).containsExactly("two.bin");
        assertThat(Posix.list(agent.at("/nas"))).containsExactly("three.bin");
        assertReads(agent.at("/x/one.bin"), "x/one.bin");
        assertReads(agent.at("/deep/two.bin"), "y/z/two.bin");
        assertReads(agent.at("/nas/three.bin"), "three");
    }

    @Test
    void anImmutablePrefixIsLookedAtOnceAndOthersAtEachOpen() throws Exception {
        emulator.bucket().putSynthetic("fixed/file.bin", SIZE);
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(new AgentSetup(directory)
                .bucket(emulator)
                .show("fixed", "oss", "fixed/", "off", true)
                .show("some", "oss", "some/", "off", false));
        assertReads(agent.at("/fixed/file.bin"), "fixed/file.bin");
        assertReads(agent.at("/some/file.bin"), KEY);
        long fixed = looks("fixed/file.bin");
        long some = looks(KEY);
        for (int i = 0; i < 2; i++) {
            Thread.sleep(1_200);
            assertReads(agent.at("/fixed/file.bin"), "fixed/file.bin");
            assertReads(agent.at("/some/file.bin"), KEY);
        }
        assertThat(looks("fixed/file.bin")).isEqualTo(fixed);
        assertThat(looks(KEY)).isGreaterThanOrEqualTo(some + 2);
    }

    private long looks(String key) {
        return emulator.count(key).requests("HEAD") + emulator.count(key).requests("META");
    }

    /** From now on the origin takes requests and answers none. */
    private ActiveFault silence() {
        return emulator.faults()
                .add(FaultRule.on("*", Fault.latency(Fault.FOREVER)).method("*"));
    }

    private static void assertReads(Path file, String key) {
        assertThat(MountedFile.errno(file, key, SIZE)).isZero();
    }
}
