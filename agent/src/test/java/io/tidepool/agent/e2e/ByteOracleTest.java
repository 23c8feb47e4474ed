package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultKind;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever goes wrong between the bucket and the agent, a reader gets right bytes or an error, and the cache keeps right
 * bytes only. Every kind of fault that the emulator knows is fired many times, at objects of one chunk and of two.
 *
 * <p>Wrong bytes under right headers are known as such only when the object is complete (promise R3's limit): a reader of
 * an object of several chunks may get some before that, and none after it. Of an object of one chunk nobody ever does.
 */
final class ByteOracleTest extends EndToEndTest {
    private static final int SMALL = 70_000;
    private static final int LARGE = CHUNK + SMALL;
    private static final int THREADS = 16;
    /** In the last chunk. */
    private static final int AT = 30_000;

    private static final int FIRES_AT_ONE_OBJECT = 3;
    private static final Duration STALL = Duration.ofMillis(400);
    /** And with them checksums. */
    private static final Duration NAMES_ARE_BELIEVED = Duration.ofMillis(1_100);

    private static final int EIO = 5;
    private static final int EACCES = 13;
    private static final int ESTALE = 116;

    /** When the agent can tell that something is wrong. */
    private enum Shows {
        AT_ONCE,
        WHEN_COMPLETE
    }

    /** How a read of a whole object ended. */
    private enum Outcome {
        RIGHT,
        WRONG,
        FAILED
    }

    /** An object and what befalls it. */
    private record Target(String key, int size, Shows shows, ActiveFault fault) {
        boolean mayBeWrong() {
            return shows == Shows.WHEN_COMPLETE && size > CHUNK;
        }
    }

    @Override
    Duration limit() {
        return Duration.ofMinutes(30);
    }

    @Test
    void everyByteIsRightUnderEveryKindOfFault() throws Exception {
        fire(50);
    }

    @Test
    @Tag("long")
    void everyByteIsRightUnderEveryKindOfFaultForLong() throws Exception {
        fire(1_000);
    }

    /** Without a default: a new kind of fault doesn't compile before it has a case here. */
    private static List<Fault> faults(FaultKind kind) {
        return switch (kind) {
            case STATUS ->
                Stream.concat(
                                Fault.THROTTLE_CODES.stream().map(code -> Fault.throttled(code, Duration.ofMillis(20))),
                                Stream.of(
                                        Fault.status(500, "InternalError"),
                                        Fault.status(502, "BadGateway"),
                                        Fault.status(403, "AccessDenied"),
                                        Fault.status(404, "NoSuchKey"),
                                        Fault.expiredToken()))
                        .toList();
            case LATENCY -> List.of(Fault.latency(STALL.multipliedBy(2)), Fault.latency(STALL.dividedBy(4)));
            case QOS_DELAY -> List.of(Fault.qosDelay(Duration.ofMillis(100)));
            case WRONG_CONTENT_RANGE -> List.of(Fault.wrongContentRange());
            case IGNORE_RANGE -> List.of(Fault.ignoreRange());
            case SHORT_BODY -> List.of(Fault.shortBody(0), Fault.shortBody(AT));
            case LONG_BODY -> List.of(Fault.longBody(1), Fault.longBody(SMALL));
            case SURPLUS -> List.of(Fault.surplus(1), Fault.surplus(SMALL));
            case CHUNKED -> List.of(Fault.chunked(), Fault.chunkedTruncated(AT));
            case NO_CONTENT_LENGTH -> List.of(Fault.noContentLength(), Fault.noContentLengthTruncated(AT));
            case RESET -> List.of(Fault.resetBeforeReply(), Fault.resetAfter(0), Fault.resetAfter(AT));
            case STALL ->
                List.of(Fault.stallForever(0), Fault.stallForever(AT), Fault.stall(AT, STALL.multipliedBy(2)));
            case DRIP -> List.of(Fault.drip(10_000));
            case WRONG_ETAG -> List.of(Fault.wrongEtag());
            case OTHER_VERSION -> List.of(Fault.previousVersion(), Fault.otherVersion(7));
            case SHIFTED_BYTES -> List.of(Fault.shiftedBytes(1), Fault.shiftedBytes(-8), Fault.shiftedBytes(1 << 20));
            case ERROR_IN_BODY -> List.of(Fault.errorInBody(AT), Fault.errorInBody(0));
            case ERROR_ENDS_BODY -> List.of(Fault.errorEndsBody(AT));
            case FLIPPED_BYTE -> List.of(Fault.flippedByte(0), Fault.flippedByte(AT), Fault.flippedByte(SMALL - 1));
            case NO_CRC64 -> List.of(Fault.noCrc64());
            case WRONG_CRC64 -> List.of(Fault.wrongCrc64());
        };
    }

    private static Shows shows(FaultKind kind) {
        return switch (kind) {
            case OTHER_VERSION, SHIFTED_BYTES, ERROR_IN_BODY, ERROR_ENDS_BODY, FLIPPED_BYTE -> Shows.WHEN_COMPLETE;
            default -> Shows.AT_ONCE;
        };
    }

    /** The checksum of the whole comes with HEAD. */
    private static String method(FaultKind kind) {
        return kind == FaultKind.NO_CRC64 || kind == FaultKind.WRONG_CRC64 ? "HEAD" : "GET";
    }

    private void fire(int firesOfAKind) throws Exception {
        List<Target> targets = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            targets.addAll(targets(kind, firesOfAKind));
        }
        emulator.bucket().computeChecksums().join();
        Agent agent = start(new AgentSetup(directory)
                .stallTimeout(STALL)
                .bucket(emulator)
                .show("m", "oss", "", "off")
                .deadline(Duration.ofSeconds(20)));
        Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
        // Again and again, each time opened anew, until each fault has fired as often as it may.
        for (int round = 0;
                targets.stream().anyMatch(t -> t.fault.fired() < t.fault.rule().times());
                round++) {
            assertThat(round).as("rounds").isLessThan(8);
            readAll(agent, targets, round, outcomes);
        }
        Map<FaultKind, Long> fired = targets.stream()
                .collect(Collectors.groupingBy(
                        t -> t.fault.rule().fault().kind(), Collectors.summingLong(t -> t.fault.fired())));
        assertThat(fired).hasSize(FaultKind.values().length);
        assertThat(fired.values()).allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(firesOfAKind));
        assertThat(agent.metric("tidepool_objects_mismatched_total", "")).isPositive();
        assertAllIsRightNow(agent, targets);
    }

    /** Objects for each fault of the kind, one in five of two chunks, whose last one is the fault's. */
    private List<Target> targets(FaultKind kind, int fires) {
        List<Target> targets = new ArrayList<>();
        List<Fault> faults = faults(kind);
        for (int i = 0; i * FIRES_AT_ONE_OBJECT < fires || i < faults.size(); i++) {
            boolean large = i % 5 == 0;
            String key = kind + "-" + i;
            emulator.bucket().putSynthetic(key, large ? LARGE : SMALL);
            FaultRule rule = FaultRule.on(key, faults.get(i % faults.size()))
                    .method(method(kind))
                    .range(large ? CHUNK : 0, Long.MAX_VALUE)
                    .times(FIRES_AT_ONE_OBJECT);
            targets.add(new Target(
                    key, large ? LARGE : SMALL, shows(kind), emulator.faults().add(rule)));
        }
        return targets;
    }

    private static void readAll(Agent agent, List<Target> targets, int round, Map<String, Outcome> outcomes)
            throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> reads = new ArrayList<>();
            for (Target target : targets) {
                boolean mounted = (target.key.hashCode() + round) % 2 == 0;
                reads.add(threads.submit(() -> {
                    Outcome outcome = read(agent, target, mounted);
                    assertThat(outcome == Outcome.WRONG && !target.mayBeWrong())
                            .as(target.key + " was wrong in round " + round)
                            .isFalse();
                    outcomes.put(target.key, outcome);
                    return null;
                }));
            }
            for (Future<?> read : reads) {
                read.get();
            }
        }
        // A quarantine is for good until somebody says otherwise.
        agent.client().evict(List.of("/m"), false);
        Thread.sleep(NAMES_ARE_BELIEVED);
    }

    private static Outcome read(Agent agent, Target target, boolean mounted) {
        return mounted ? readMounted(agent, target) : readOverGrpc(agent, target);
    }

    private static Outcome readMounted(Agent agent, Target target) {
        Outcome[] outcome = {Outcome.RIGHT};
        int errno = Posix.errnoOf(() -> MountedFile.read(agent.at("/m/" + target.key), 0, target.size, (at, bytes) -> {
            if (SyntheticBytes.check(target.key, 1, at, bytes).isPresent()) {
                outcome[0] = Outcome.WRONG;
            }
        }));
        assertThat(errno).as(target.key).isIn(0, EIO, EACCES, ESTALE);
        return errno == 0 || outcome[0] == Outcome.WRONG ? outcome[0] : Outcome.FAILED;
    }

    private static Outcome readOverGrpc(Agent agent, Target target) {
        ByteBuffer buffer = ByteBuffer.allocate(target.size);
        boolean failed = false;
        try {
            agent.client().read("/m/" + target.key, 0, buffer);
        } catch (ClientException e) {
            failed = true;
        }
        if (SyntheticBytes.check(target.key, 1, 0, buffer.flip()).isPresent()) {
            return Outcome.WRONG;
        }
        return failed || buffer.limit() < target.size ? Outcome.FAILED : Outcome.RIGHT;
    }

    /** With faults over: all that is cached is right, also when the origin is not there to ask. */
    private void assertAllIsRightNow(Agent agent, List<Target> targets) throws Exception {
        emulator.faults().clear();
        Thread.sleep(NAMES_ARE_BELIEVED);
        for (boolean mounted : new boolean[] {true, false}) {
            for (Target target : targets) {
                assertThat(read(agent, target, mounted)).as(target.key).isEqualTo(Outcome.RIGHT);
            }
        }
        List<Long> bad = new ArrayList<>();
        agent.client().verify(List.of("/m"), progress -> bad.add(progress.getBadChunks()));
        assertThat(bad).isNotEmpty().containsOnly(0L);
        emulator.switchOff();
        for (Target target : targets) {
            assertThat(read(agent, target, false))
                    .as(target.key + " from the cache")
                    .isEqualTo(Outcome.RIGHT);
        }
        emulator.switchOn();
        assertThat(Arrays.stream(FaultKind.values()).map(ByteOracleTest::shows)).contains(Shows.WHEN_COMPLETE);
    }
}
