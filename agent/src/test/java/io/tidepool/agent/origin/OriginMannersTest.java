package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the agent treats a bucket that throttles, resets and stalls, and what its readers notice. */
@Timeout(300)
class OriginMannersTest {
    private static final int SIZE = 1 << 20;
    private static final int READERS = 4;

    private OssFixture fixture;
    private PacedOrigin paced;
    private OriginSource source;

    @BeforeEach
    void open() throws IOException {
        fixture = new OssFixture();
        use(new OriginLimits(32, 0, 0, 0.05), Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void use(OriginLimits limits, Duration patience) {
        paced = new PacedOrigin(new MeteredOrigin(fixture.patient, fixture.metrics), limits, fixture.metrics);
        source = new OriginSource(Map.of("bucket", paced), patience, fixture.metrics);
    }

    @Test
    void aTenthOfRequestsAnsweredWith503OrResetCostsAQuarterMoreAtMost() throws Exception {
        aTenthFails(200);
    }

    @Test
    @Tag("long")
    void aTenthOfManyRequestsAnsweredWith503OrResetCostsAQuarterMoreAtMost() throws Exception {
        aTenthFails(5_000);
    }

    private void aTenthFails(int chunks) throws Exception {
        List<ChunkId> ids = put(chunks);
        List<ActiveFault> faults = List.of(
                add(Fault.throttled("TotalQpsLimitExceeded", Duration.ofMillis(20)), 0.04, 1),
                add(Fault.resetBeforeReply(), 0.03, 2),
                add(Fault.resetAfter(SIZE / 3), 0.03, 3));
        fillAll(ids);
        assertThat(faults).allSatisfy(fault -> assertThat(fault.fired()).isPositive());
        assertThat(requests(ids)).isBetween((long) chunks + 1, chunks * 5L / 4);
    }

    @Test
    void afterSecondsOfPureThrottlingReadsResume() throws Exception {
        purelyThrottled(Duration.ofSeconds(5));
    }

    @Test
    @Tag("long")
    void afterAMinuteOfPureThrottlingReadsResume() throws Exception {
        purelyThrottled(Duration.ofSeconds(60));
    }

    private void purelyThrottled(Duration time) throws Exception {
        use(new OriginLimits(32, 0, 0, 0.05), Duration.ofSeconds(5));
        List<ChunkId> ids = put(20);
        ActiveFault fault = fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(503, "DownloadTrafficRateLimitExceeded"))
                        .method("*"));
        long end = System.nanoTime() + time.toNanos();
        List<Future<Set<Kind>>> failures = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (ChunkId id : ids) {
                failures.add(readers.submit(() -> {
                    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
                    while (System.nanoTime() < end) {
                        kinds.add(failure(id));
                    }
                    return kinds;
                }));
            }
        }
        for (Future<Set<Kind>> failure : failures) {
            assertThat(failure.get()).containsOnly(Kind.THROTTLED);
        }
        // Twenty readers, and no more than a few requests each time that a pause has ended.
        assertThat(fault.fired()).isBetween(2L, 80 + 4 * time.toSeconds());
        assertThat(fixture.metrics.count(Metric.ORIGIN_PAUSES, "repeated")).isPositive();
        fixture.emulator.faults().clear();
        long over = System.nanoTime();
        fillAll(ids);
        assertThat(Duration.ofNanos(System.nanoTime() - over)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aDelayThatTheOriginAsksForHoldsAllItsRequests() throws Exception {
        List<ChunkId> ids = put(2);
        Duration delay = Duration.ofMillis(1500);
        ActiveFault fault = fixture.emulator
                .faults()
                .add(FaultRule.on("m0", Fault.throttled("TotalQpsLimitExceeded", delay))
                        .times(1));
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<LandingBuffer> throttled = readers.submit(() -> fill(ids.get(0), Priority.DEMAND));
            while (fixture.metrics.count(Metric.ORIGIN_PAUSES, "asked") == 0) {
                Thread.sleep(1);
            }
            long start = System.nanoTime();
            List<Future<?>> others = List.of(
                    readers.submit(() -> fill(ids.get(1), Priority.DEMAND)),
                    readers.submit(() -> paced.head("m1")),
                    readers.submit(() -> paced.list("", true, null, 10)));
            for (Future<?> other : others) {
                other.get();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(delay.dividedBy(2));
            }
            throttled.get();
        }
        assertThat(fault.fired()).isEqualTo(1);
    }

    @Test
    void oneInTwentyRequestsStallsAndTheSlowestChunksTakeLessThanTwoSeconds() throws Exception {
        someStall(200);
    }

    @Test
    @Tag("long")
    void oneInTwentyOfManyRequestsStallsAndTheSlowestChunksTakeLessThanTwoSeconds() throws Exception {
        someStall(5_000);
    }

    private void someStall(int chunks) throws Exception {
        List<ChunkId> ids = put(chunks);
        List<ActiveFault> faults =
                List.of(add(Fault.stallForever(0), 0.025, 1), add(Fault.stallForever(SIZE / 2), 0.025, 2));
        List<Long> nanos = fillAll(ids);
        assertThat(faults).allSatisfy(fault -> assertThat(fault.fired()).isPositive());
        long p99 = nanos.get(nanos.size() * 99 / 100 - 1);
        assertThat(Duration.ofNanos(p99)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        double won = fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "won");
        double lost = fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "lost");
        assertThat(won).isPositive();
        assertThat(won + lost).isLessThanOrEqualTo(8 + 0.05 * 1.1 * chunks);
    }

    @Test
    void whenEverythingStallsHedgesEndWithTheirBudgetAndAreNotSentInAPause() throws Exception {
        use(new OriginLimits(32, 0, 0, 0.05), Duration.ofSeconds(3));
        List<ChunkId> ids = put(24);
        ActiveFault fault = add(Fault.stallForever(0), 1, 1);
        List<Future<Kind>> failures = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (ChunkId id : ids) {
                failures.add(readers.submit(() -> failure(id)));
            }
        }
        for (Future<Kind> failure : failures) {
            // Some never had their turn.
            assertThat(failure.get()).isIn(Kind.UNAVAILABLE, Kind.THROTTLED);
        }
        assertThat(fault.fired()).isPositive();
        assertThat(fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "won")).isZero();
        assertThat(fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "lost")).isBetween(1.0, 10.0);
        assertThat(fixture.metrics.count(Metric.ORIGIN_HEDGES, "read", "no_budget"))
                .isPositive();
    }

    @Test
    void aStalledHeadIsAskedAgain() throws Exception {
        put(1);
        ActiveFault fault = fixture.emulator
                .faults()
                .add(FaultRule.on("m0", Fault.latency(Fault.FOREVER))
                        .method("HEAD")
                        .times(1));
        assertThat(paced.head("m0")).isNotNull();
        assertThat(fault.fired()).isEqualTo(1);
        assertThat(fixture.metrics.count(Metric.ORIGIN_HEDGES, "head", "won")).isEqualTo(1);
    }

    private Kind failure(ChunkId id) {
        return catchThrowableOfType(ChunkException.class, () -> fill(id, Priority.DEMAND))
                .kind();
    }

    private ActiveFault add(Fault fault, double probability, long seed) {
        return fixture.emulator.faults().add(FaultRule.on("*", fault).probability(probability, seed));
    }

    /** Objects of one chunk each. */
    private List<ChunkId> put(int count) throws Exception {
        List<ChunkId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(fixture.put("m" + i, SIZE).chunk(0));
        }
        fixture.emulator.counters().reset();
        return ids;
    }

    private long requests(List<ChunkId> ids) {
        return ids.stream()
                .mapToLong(id -> fixture.emulator.count(id.version().key()).requests("GET"))
                .sum();
    }

    /** How long each took, shortest first. All bytes are right. */
    private List<Long> fillAll(List<ChunkId> ids) throws Exception {
        List<Future<Long>> fills = new ArrayList<>();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            for (ChunkId id : ids) {
                fills.add(readers.submit(() -> {
                    long start = System.nanoTime();
                    LandingBuffer into = fill(id, Priority.DEMAND);
                    long took = System.nanoTime() - start;
                    assertThat(into.isFull()).isTrue();
                    assertThat(OssFixture.mismatch(id, into)).isEmpty();
                    Crc64 sum = new Crc64();
                    sum.update(into.landed());
                    assertThat(into.crc64()).isEqualTo(sum.value());
                    return took;
                }));
            }
        }
        List<Long> nanos = new ArrayList<>();
        for (Future<Long> fill : fills) {
            nanos.add(fill.get());
        }
        Collections.sort(nanos);
        return nanos;
    }

    private LandingBuffer fill(ChunkId id, Priority priority) throws ChunkException, InterruptedException {
        LandingBuffer into = Buffers.of(id);
        source.fill(id, into, new FillTicket(priority));
        return into;
    }
}
