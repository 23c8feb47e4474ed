package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent that ended, well or by SIGKILL in the middle of its work, goes on where it was. */
final class RestartTest extends EndToEndTest {
    private static final String KEY = "survives.bin";
    private static final long SIZE = 320L * MIB + 77;
    private static final int KILLS = 10;
    private static final int ENOTCONN = 107;
    private static final Duration READER = Duration.ofSeconds(60);

    @Override
    Duration limit() {
        return Duration.ofMinutes(4);
    }

    @Test
    void afterSigtermTheOriginIsAskedOnlyForTheRest() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        AgentSetup setup = setup();
        Agent first = fork(setup);
        Child part = ended(Child.reader("random", first.at("/m/" + KEY), KEY, 1, 40, 5));
        assertThat(part.result(READER)).startsWith("ok ");
        first.stop();
        long cached = emulator.count(KEY).bytesSent();
        assertThat(cached).isBetween((long) CHUNK, SIZE - 1);
        // Whoever stops it sees a directory again, not a dead mount.
        assertThat(Posix.list(setup.mountPoint())).isEmpty();

        Agent second = fork(setup);
        assertThat(second.cachedBytes("/m/" + KEY)).isEqualTo(cached);
        assertReadsAll(second, BlockOrder.RANDOM);
        assertThat(emulator.count(KEY).bytesSent()).isEqualTo(SIZE);
        assertThat(emulator.count(KEY).distinctBytes()).isEqualTo(SIZE);
    }

    @Test
    void killedTenTimesInTheMiddleOfItsFillsItKeepsWhatWasFinished() throws Exception {
        killTenTimes(3);
    }

    @RepeatedTest(50)
    @Tag("long")
    void norDoes500TimesMatter(RepetitionInfo repetition) throws Exception {
        killTenTimes(100 + repetition.getCurrentRepetition());
    }

    private void killTenTimes(int seed) throws Exception {
        Instant start = Instant.now();
        emulator.bucket().putSynthetic(KEY, SIZE);
        AgentSetup setup = new AgentSetup(directory).bucket(emulator).show("m", "oss", "", "model");
        Agent agent = fork(setup);
        // The whole file takes 10 s at this rate, or one second for each agent.
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(SIZE / KILLS));
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            Path file = agent.at("/m/" + KEY);
            List<Child> readers = List.of(
                    ended(Child.reader("pread", file, KEY, 1, BlockOrder.SEQUENTIAL, MIB)),
                    ended(Child.reader("mmap", file, KEY, 1)));
            long before = emulator.count(KEY).bytesSent();
            long wanted = SIZE / KILLS / 2 + random.nextLong(SIZE / KILLS / 2);
            Eventually.is("the agent fills", () -> emulator.count(KEY).bytesSent() - before > wanted);
            long finished = agent.cachedBytes("/m/" + KEY);
            agent.kill();
            for (Child reader : readers) {
                assertThat(reader.ends(READER)).as("readers are let go").isTrue();
                // It had read everything that it could, or an errno: never a wrong byte, never a short file.
                assertThat(reader.written()).containsAnyOf("ok " + SIZE, "failed: ");
            }
            // The kernel may answer from what it knows of the root for a second.
            Eventually.is("the mount is dead", () -> Posix.errnoOf(() -> Posix.stat(setup.mountPoint())) == ENOTCONN);

            long sent = emulator.count(KEY).bytesSent();
            agent = fork(setup);
            long kept = agent.cachedBytes("/m/" + KEY);
            assertThat(kept).as("bytes kept of %d finished", finished).isGreaterThanOrEqualTo(finished * 95 / 100);
            assertThat(emulator.count(KEY).bytesSent())
                    .as("asking costs no bytes")
                    .isEqualTo(sent);
        }
        emulator.shape(Shape.UNLIMITED);
        long kept = agent.cachedBytes("/m/" + KEY);
        long sent = emulator.count(KEY).bytesSent();
        assertReadsAll(agent, BlockOrder.STRIDED);
        assertThat(emulator.count(KEY).bytesSent() - sent).as("only the rest").isEqualTo(SIZE - kept);
        Eventually.is("no library lies about in the temporary directory", () -> isNothingUnpackedSince(start));
    }

    private static boolean isNothingUnpackedSince(Instant start) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().contains("rocksdb"))
                    .map(Path::toFile)
                    .noneMatch(file -> file.lastModified() >= start.toEpochMilli());
        }
    }

    private void assertReadsAll(Agent agent, BlockOrder order) throws Exception {
        Child reader = ended(Child.reader("pread", agent.at("/m/" + KEY), KEY, 1, order, 900_000));
        assertThat(reader.result(READER)).isEqualTo("ok " + SIZE);
    }
}
