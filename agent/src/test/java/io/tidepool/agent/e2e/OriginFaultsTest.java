package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import io.tidepool.emulator.store.Crc64Sums;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Whatever the origin answers, a reader gets the right bytes or the promised errno, and nothing bad is kept. */
final class OriginFaultsTest extends EndToEndTest {
    private static final long SIZE = 2 * CHUNK + 4321;
    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int EACCES = 13;
    private static final int ESTALE = 116;
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    /** A fault of GET replies, and the errno of a read for which it doesn't end; 0: tries get on in spite of it. */
    private record Case(String name, Fault fault, int errno) {
        String key() {
            return name.replace(' ', '-') + ".bin";
        }
    }

    private static final List<Case> CASES = List.of(
            new Case("wrong Content-Range", Fault.wrongContentRange(), EIO),
            new Case("200 instead of 206", Fault.ignoreRange(), EIO),
            new Case("short body", Fault.shortBody(3_000_000), 0),
            new Case("no body", Fault.shortBody(0), EIO),
            new Case("no Content-Length", Fault.noContentLength(), EIO),
            new Case("no Content-Length and cut", Fault.noContentLengthTruncated(3_000_000), EIO),
            new Case("reset before the reply", Fault.resetBeforeReply(), EIO),
            new Case("reset in the body", Fault.resetAfter(3_000_000), 0),
            new Case("reset before the body", Fault.resetAfter(0), EIO),
            new Case("stall before the body", Fault.stallForever(0), EIO),
            new Case("stall in the body", Fault.stallForever(3_000_000), 0),
            new Case("503", Fault.throttled("DownloadTrafficRateLimitExceeded", Duration.ofMillis(100)), EIO),
            new Case("500", Fault.status(500, "InternalError"), EIO),
            new Case("403", Fault.status(403, "AccessDenied"), EACCES),
            new Case("404", Fault.status(404, "NoSuchKey"), ESTALE),
            new Case("wrong ETag", Fault.wrongEtag(), EIO));

    /** How a whole read ended: 0 or an errno. */
    private record Outcome(Case fault, int errno, Duration took) {}

    @Test
    void faultsThatPassAreTriedAgainOrAreTheErrno() throws Exception {
        List<ActiveFault> faults = new ArrayList<>();
        for (Case one : CASES) {
            put(one.key());
            FaultRule rule = FaultRule.on(one.key(), one.fault());
            faults.add(emulator.faults().add(rule.range(CHUNK, 2 * CHUNK - 1).times(1)));
        }
        Agent agent = start(impatient().deadline(Duration.ofSeconds(20)));
        for (Outcome outcome : readAllAtOnce(agent)) {
            // What says that trying again is of no use is believed. A reader hears of it, unless it befell the kernel's
            // own read-ahead: then the kernel asks once more.
            int errno = outcome.fault().errno();
            assertThat(outcome.errno()).as(outcome.fault().name()).isIn(0, errno == EIO ? 0 : errno);
        }
        assertThat(faults).allSatisfy(fault -> assertThat(fault.fired()).isEqualTo(1));
        assertAllReadRight(agent);
    }

    @Test
    void faultsThatStayAreThePromisedErrnoWithinTheDeadlineAndNothingBadIsKept() throws Exception {
        List<ActiveFault> faults = new ArrayList<>();
        for (Case one : CASES) {
            put(one.key());
            faults.add(emulator.faults().add(FaultRule.on(one.key(), one.fault())));
        }
        Agent agent = start(impatient());
        for (Outcome outcome : readAllAtOnce(agent)) {
            // Where tries get on, a busy machine may still be too slow for the deadline.
            int errno = outcome.fault().errno();
            assertThat(outcome.errno()).as(outcome.fault().name()).isIn(errno, errno == 0 ? EIO : errno);
            // The kernel may ask twice before a reader hears: for its read-ahead, and then for the page itself.
            Duration limit = errno == 0 ? DEADLINE.multipliedBy(8) : DEADLINE.multipliedBy(2);
            assertThat(outcome.took()).as(outcome.fault().name()).isLessThan(limit.plusSeconds(3));
        }
        assertThat(faults).allSatisfy(fault -> assertThat(fault.fired()).isPositive());
        emulator.faults().clear();
        assertAllReadRight(agent);
    }

    @Test
    void whatTheOriginRefusesAtOpenIsTheErrnoOfOpen() throws Exception {
        String key = "refused.bin";
        put(key);
        Agent agent = start(impatient());
        Path file = agent.at("/m/" + key);
        ActiveFault denied = emulator.faults()
                .add(FaultRule.on("*", Fault.status(403, "AccessDenied")).method("*"));
        assertThat(Posix.errnoOf(() -> Posix.open(file))).isEqualTo(EACCES);
        assertThat(denied.fired()).isPositive();
        emulator.faults().clear();
        ActiveFault broken = emulator.faults()
                .add(FaultRule.on("*", Fault.status(500, "InternalError")).method("*"));
        assertThat(Posix.errnoOf(() -> Posix.open(file))).isEqualTo(EIO);
        assertThat(broken.fired()).isPositive();
        emulator.faults().clear();
        assertThat(Posix.errnoOf(() -> Posix.open(agent.at("/m/nowhere")))).isEqualTo(ENOENT);
        assertThat(readAll(agent, key)).isZero();
    }

    @Test
    void aByteThatFlipsTwiceIsCaughtByTheWholeObjectsChecksumAndTheVersionIsQuarantined() throws Exception {
        String key = "flipped.bin";
        String path = "/m/" + key;
        put(key);
        ActiveFault fault = emulator.faults()
                .add(FaultRule.on(key, Fault.flippedByte(1_234_567))
                        .range(CHUNK, 2 * CHUNK - 1)
                        .times(2));
        Agent agent = start(setup());
        // A range has no checksum of its own: the fault shows with the last chunk, and readers before that had the
        // byte.
        readQuietly(agent.at(path));
        assertThat(fault.fired()).isEqualTo(1);
        Eventually.is("all is dropped", () -> agent.metric("tidepool_objects_mismatched_total", "") == 1);
        assertThat(agent.client().stat(path).getQuarantined()).isFalse();
        readQuietly(agent.at(path));
        assertThat(fault.fired()).isEqualTo(2);
        Eventually.is("quarantine", () -> agent.client().stat(path).getQuarantined());
        assertThat(readAll(agent, key)).isEqualTo(EIO);
        assertThat(agent.metric("tidepool_objects_quarantined_total", "")).isEqualTo(1);
        // As the log says: evict it to fetch it anew.
        agent.client().evict(List.of(path), true);
        assertThat(agent.client().stat(path).getQuarantined()).isFalse();
        assertReadsRight(agent, key);
    }

    @Test
    void anOpenFileReadsTheRightBytesOnceTheWrongOnesAreKnown() throws Exception {
        String key = "flipped-once.bin";
        long at = CHUNK + MIB;
        put(key);
        ActiveFault fault = emulator.faults()
                .add(FaultRule.on(key, Fault.flippedByte(MIB + 567))
                        .range(CHUNK, 2 * CHUNK - 1)
                        .times(1));
        Agent agent = start(setup());
        int fd = Posix.open(agent.at("/m/" + key));
        try {
            assertThat(isRight(fd, key, at)).isFalse();
            assertThat(fault.fired()).isEqualTo(1);
            // The kernel has that page now. The last chunk shows that it is wrong.
            readQuietly(agent.at("/m/" + key));
            Eventually.is("all is dropped", () -> agent.metric("tidepool_objects_mismatched_total", "") == 1);
            Eventually.is("the page is the right one", () -> isRight(fd, key, at));
        } finally {
            Posix.close(fd);
        }
    }

    private static boolean isRight(int fd, String key, long at) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MIB);
        MountedFile.fill(fd, bytes, at);
        return SyntheticBytes.check(key, 1, at, bytes.flip()).isEmpty();
    }

    /** With its checksum, so that nobody waits for that when the origin is asked. */
    private void put(String key) {
        Crc64Sums.of(emulator.bucket().putSynthetic(key, SIZE)).join();
    }

    private List<Outcome> readAllAtOnce(Agent agent) throws Exception {
        List<Future<Outcome>> reads = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Case one : CASES) {
                reads.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    int errno = readAll(agent, one.key());
                    return new Outcome(one, errno, Duration.ofNanos(System.nanoTime() - start));
                }));
            }
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<Outcome> read : reads) {
            outcomes.add(read.get());
        }
        return outcomes;
    }

    private static int readAll(Agent agent, String key) {
        return MountedFile.errno(agent.at("/m/" + key), key, SIZE);
    }

    private static void readQuietly(Path file) throws ErrnoException {
        int fd = Posix.open(file);
        ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
        for (long at = 0; at < SIZE; at += MIB) {
            long offset = at;
            int _ = Posix.errnoOf(() -> Posix.pread(fd, buffer.clear(), offset));
        }
        Posix.close(fd);
    }

    private void assertAllReadRight(Agent agent) throws ClientException {
        for (Case one : CASES) {
            assertReadsRight(agent, one.key());
        }
    }

    private void assertReadsRight(Agent agent, String key) throws ClientException {
        assertThat(readAll(agent, key)).as(key).isZero();
        assertReadsOverGrpc(agent, key, SIZE);
    }
}
