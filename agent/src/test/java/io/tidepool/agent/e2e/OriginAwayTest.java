package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is cached can be listed, opened and read while the origin is away; the rest fails in time, and comes back with it. */
final class OriginAwayTest extends EndToEndTest {
    private static final String CACHED = "dir/cached.bin";
    private static final String OTHER = "dir/other.bin";
    private static final long SIZE = CHUNK + 100;
    private static final int EIO = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    enum Absence {
        /** Connections are refused. */
        OFF,
        /** Requests are taken, and nobody answers. */
        HANGS
    }

    @ParameterizedTest
    @EnumSource
    void cachedFilesStayReadableAndOthersFailInTime(Absence absence) throws Exception {
        Agent agent = start(prepared());
        cache(agent);
        leave(absence);
        assertCachedIsThere(agent);
        assertOtherFailsInTime(agent);
        assertThat(agent.metric("tidepool_origin_staleness_seconds", "")).isPositive();
        Eventually.is("the status says it", () -> !trouble(agent).isEmpty());
        assertThat(agent.metric("tidepool_origin_up", "")).isZero();
        comeBack(absence);
        assertThat(emulator.count(OTHER).bytesSent()).isZero();
        Eventually.is("the origin is asked again", () -> readErrno(agent, OTHER) == 0);
        assertThat(emulator.count(OTHER).bytesSent()).isEqualTo(SIZE);
        Eventually.is("no staleness", () -> agent.metric("tidepool_origin_staleness_seconds", "") == 0);
        assertThat(trouble(agent)).isEmpty();
    }

    @Test
    void aBucketThatIsNotThereIsAnErrorOfInputAndSaidByTheStatus() throws Exception {
        AgentSetup setup = prepared();
        emulator.faults()
                .add(FaultRule.on("*", Fault.status(404, "NoSuchBucket")).method("*"));
        Agent agent = start(setup);
        Eventually.is("the status says it", () -> trouble(agent).contains("check the configured bucket"));
        assertThat(Posix.errnoOf(() -> Posix.list(agent.at("/m")))).isEqualTo(EIO);
    }

    private static String trouble(Agent agent) throws Exception {
        return agent.client().status().getOrigins(0).getTrouble();
    }

    @Test
    void cachedFilesStayReadableAlsoAfterAnAgentsRestart() throws Exception {
        AgentSetup setup = prepared();
        Agent first = start(setup);
        cache(first);
        first.stop();
        leave(Absence.OFF);
        Agent second = start(setup);
        assertCachedIsThere(second);
        assertOtherFailsInTime(second);
        comeBack(Absence.OFF);
        Eventually.is("the origin is asked again", () -> readErrno(second, OTHER) == 0);
    }

    @Test
    void theRootAndStatfsNeverAskTheOrigin() throws Exception {
        AgentSetup setup = prepared();
        leave(Absence.HANGS);
        start(setup);
        long start = System.nanoTime();
        assertThat(Posix.stat(setup.mountPoint()).isDirectory()).isTrue();
        Posix.statfs(setup.mountPoint());
        assertThat(Posix.list(setup.mountPoint())).containsExactly("m");
        Child df = ended(Child.program("df", setup.mountPoint()));
        assertThat(df.succeeds(Duration.ofSeconds(5)))
                .contains(setup.mountPoint().toString());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        // All there may be is the probe at the start, which has no answer yet.
        assertThat(emulator.counters().total().requests().keySet()).isSubsetOf("LIST");
        assertThat(emulator.count("").requests("LIST")).isLessThanOrEqualTo(1);
        comeBack(Absence.HANGS);
    }

    private AgentSetup prepared() throws Exception {
        emulator.bucket().putSynthetic(CACHED, SIZE);
        emulator.bucket().putSynthetic(OTHER, SIZE);
        return impatient();
    }

    private void cache(Agent agent) throws Exception {
        assertThat(readErrno(agent, CACHED)).isZero();
        Posix.stat(agent.at("/m/" + OTHER));
    }

    private void leave(Absence absence) throws Exception {
        switch (absence) {
            case OFF -> emulator.switchOff();
            case HANGS ->
                emulator.faults()
                        .add(FaultRule.on("*", Fault.latency(Fault.FOREVER)).method("*"));
        }
        // What was asked a moment ago is believed without asking.
        Thread.sleep(1_100);
    }

    private void comeBack(Absence absence) throws Exception {
        switch (absence) {
            case OFF -> emulator.switchOn();
            case HANGS -> emulator.faults().clear();
        }
    }

    private static void assertCachedIsThere(Agent agent) throws Exception {
        Path file = agent.at("/m/" + CACHED);
        assertThat(Posix.stat(file).size()).isEqualTo(SIZE);
        assertThat(Posix.list(agent.at("/m"))).containsExactly("dir");
        assertThat(Posix.list(agent.at("/m/dir"))).contains("cached.bin");
        assertThat(readErrno(agent, CACHED)).isZero();
        assertReadsOverGrpc(agent, CACHED, SIZE);
    }

    private static void assertOtherFailsInTime(Agent agent) {
        long start = System.nanoTime();
        assertThat(readErrno(agent, OTHER)).isEqualTo(EIO);
        // One deadline for the name, one for the bytes, and once more for the kernel's own read-ahead.
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(DEADLINE.multipliedBy(3).plusSeconds(2));
    }

    private static int readErrno(Agent agent, String key) {
        return MountedFile.errno(agent.at("/m/" + key), key, SIZE);
    }
}
