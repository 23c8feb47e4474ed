package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.count.KeyCount.Range;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the origin source makes of a bucket's faults: right bytes, none twice, or the promised failure. */
@Timeout(120)
class OssFaultTest {
    private static final int SIZE = 1_000_000;
    private static final int THIRD = 300_000;
    private static final int HALF = 524_288;

    private OssFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new OssFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A fault, and the reason under which its retry is counted. */
    static Stream<Arguments> passingFaults() {
        return Stream.of(
                Arguments.of(Fault.wrongContentRange(), "corrupt"),
                Arguments.of(Fault.ignoreRange(), "corrupt"),
                Arguments.of(Fault.noContentLength(), "corrupt"),
                Arguments.of(Fault.noContentLengthTruncated(THIRD), "corrupt"),
                Arguments.of(Fault.wrongEtag(), "corrupt"),
                Arguments.of(Fault.shortBody(THIRD), "unavailable"),
                Arguments.of(Fault.shortBody(0), "unavailable"),
                Arguments.of(Fault.resetBeforeReply(), "unavailable"),
                Arguments.of(Fault.resetAfter(0), "unavailable"),
                Arguments.of(Fault.resetAfter(THIRD), "unavailable"),
                Arguments.of(Fault.stallForever(0), "unavailable"),
                Arguments.of(Fault.stallForever(THIRD), "unavailable"),
                Arguments.of(Fault.drip(20_000), "unavailable"),
                Arguments.of(Fault.latency(OssFixture.STALL.multipliedBy(2)), "unavailable"),
                Arguments.of(Fault.status(500, "InternalError"), "unavailable"),
                Arguments.of(Fault.status(502, "BadGateway"), "unavailable"),
                Arguments.of(Fault.status(503, "TotalQpsLimitExceeded"), "throttled"),
                Arguments.of(Fault.status(429, "TooManyRequests"), "throttled"));
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void aFaultThatPassesCostsATryAndNoWrongByte(Fault fault, String reason) throws Exception {
        // The second chunk, so that a body of the whole object would begin with wrong bytes.
        ChunkId id = fixture.put("m", ChunkLayout.CHUNK_BYTES + SIZE).chunk(1);
        ActiveFault active =
                fixture.emulator.faults().add(FaultRule.on("m", fault).times(2));
        LandingBuffer into = Buffers.of(id);

        fixture.fill(id, into);

        assertThat(active.fired()).isEqualTo(2);
        assertThat(into.isFull()).isTrue();
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.metrics.count(Metric.ORIGIN_RETRIES, reason)).isEqualTo(2);
        assertThat(fixture.metrics.count(Metric.ORIGIN_BYTES)).isEqualTo(SIZE);
        assertThat(fixture.oss.connectionStats()).contains("leased: 0");
    }

    @Test
    void aResetMidBodyGoesOnAtTheWatermark() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        ActiveFault active = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.shortBody(HALF)).times(1));
        LandingBuffer into = Buffers.of(id);

        fixture.fill(id, into);

        assertThat(active.fired()).isEqualTo(1);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.emulator.count("m").ranges())
                .containsExactly(new Range(0, SIZE, 206), new Range(HALF, SIZE - HALF, 206));
        assertThat(fixture.emulator.count("m").overFetchedBytes()).isZero();
        assertThat(into.crc64()).isEqualTo(fixture.head("m").crc64().orElseThrow());
    }

    @Test
    void manyBreaksStillFetchNoByteTwice() throws Exception {
        ChunkId id = fixture.put("m", 10 * 100_000).chunk(0);
        ActiveFault active = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.shortBody(100_000)).times(9));
        LandingBuffer into = Buffers.of(id);

        fixture.fill(id, into);

        assertThat(active.fired()).isEqualTo(9);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(10);
        assertThat(fixture.emulator.count("m").overFetchedBytes()).isZero();
        assertThat(into.crc64()).isEqualTo(fixture.head("m").crc64().orElseThrow());
    }

    @Test
    void throttlingIsObeyedForAsLongAsTheOriginAsks() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        ActiveFault active = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.throttled("DownloadTrafficRateLimitExceeded", Duration.ofMillis(1500)))
                        .times(1));
        long start = System.nanoTime();
        fixture.fill(id, Buffers.of(id));

        assertThat(active.fired()).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(1500));
        assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(2);
    }

    @Test
    void givesUpAtOnceWhenAskedToWaitLongerThanItsPatience() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        fixture.emulator.faults().add(FaultRule.on("m", Fault.throttled("SlowDown", Duration.ofMinutes(1))));

        assertFails(id, Kind.THROTTLED).hasMessageContaining("503 SlowDown");
        assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(1);
    }

    /** Faults that no retry helps against. */
    static Stream<Arguments> lastingFaults() {
        return Stream.of(
                Arguments.of(Fault.status(500, "InternalError"), Kind.UNAVAILABLE),
                Arguments.of(Fault.wrongContentRange(), Kind.CORRUPT),
                Arguments.of(Fault.resetAfter(1000), Kind.UNAVAILABLE),
                Arguments.of(Fault.stallForever(0), Kind.UNAVAILABLE));
    }

    @ParameterizedTest
    @MethodSource("lastingFaults")
    void givesUpAfterItsPatienceWithoutProgress(Fault fault, Kind kind) throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        ActiveFault active = fixture.emulator.faults().add(FaultRule.on("m", fault));
        long start = System.nanoTime();

        assertFails(id, kind);

        assertThat(active.fired()).isGreaterThan(2);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(
                        Duration.ofSeconds(1),
                        OssFixture.PATIENCE.plus(OssFixture.STALL).plusSeconds(2));
    }

    @Test
    void bytesThatComeKeepItPatient() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        // Five stalls together last longer than its patience, but none does.
        fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.stallForever(SIZE / 6)).times(5));
        LandingBuffer into = Buffers.of(id);
        long start = System.nanoTime();

        fixture.fill(id, into);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(OssFixture.PATIENCE);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.emulator.count("m").overFetchedBytes()).isLessThan(SIZE);
    }

    @Test
    void aReplacedObjectIsStaleWithoutARetry() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        fixture.emulator.bucket().nextVersion("m");

        assertFails(id, Kind.STALE).hasMessageContaining("412").hasMessageContaining("request id");
        assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(1);
    }

    @Test
    void aDeletedObjectIsStaleWithoutARetry() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        fixture.emulator.bucket().delete("m");

        assertFails(id, Kind.STALE).hasMessageContaining("404");
        assertThat(fixture.emulator.count("m").requests("GET")).isEqualTo(1);
    }

    @Test
    void anObjectReplacedBetweenTwoTriesIsStaleAndKeepsWhatLanded() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.stallForever(HALF)).times(1));
        LandingBuffer into = Buffers.of(id);
        Thread replacer = Thread.ofVirtual().start(() -> {
            while (into.watermark() < HALF) {
                Thread.onSpinWait();
            }
            fixture.emulator.bucket().nextVersion("m");
        });
        assertThatThrownBy(() -> fixture.fill(id, into))
                .asInstanceOf(type(ChunkException.class))
                .extracting(ChunkException::kind)
                .isEqualTo(Kind.STALE);
        replacer.join();
        assertThat(into.watermark()).isEqualTo(HALF);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
    }

    @Test
    void comesBackWithinSecondsAfterAnOutage() throws Exception {
        ChunkId id = fixture.put("m", SIZE).chunk(0);
        fixture.emulator.switchOff();
        Thread switcher = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(1500);
                fixture.emulator.switchOn();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        LandingBuffer into = Buffers.of(id);
        fixture.fill(id, into);
        switcher.join();
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.metrics.count(Metric.ORIGIN_RETRIES, "unavailable")).isPositive();
    }

    @Test
    void anEmptyObjectHasNoChunkToFetch() throws Exception {
        ObjectVersion version = fixture.put("empty", 0);
        assertThat(version.chunkCount()).isZero();
        assertThat(fixture.emulator.count("empty").requests("GET")).isZero();
    }

    @Test
    void faultsOfChanceOnManyChunksAtOnceGiveRightBytes() throws Exception {
        ObjectVersion version = fixture.put("m", 4L * ChunkLayout.CHUNK_BYTES);
        // At most three of each, so that no chunk runs out of patience by chance.
        List<ActiveFault> faults = Stream.of(
                        Fault.resetAfter(3_000_000), Fault.wrongEtag(), Fault.status(500, "InternalError"))
                .map(f -> fixture.emulator
                        .faults()
                        .add(FaultRule.on("m", f)
                                .probability(0.4, f.kind().name().hashCode())
                                .times(3)))
                .toList();
        List<Future<LandingBuffer>> fills = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < version.chunkCount(); i++) {
                ChunkId id = version.chunk(i);
                fills.add(threads.submit(() -> {
                    LandingBuffer into = Buffers.of(id);
                    fixture.fill(id, into);
                    assertThat(OssFixture.mismatch(id, into)).isEmpty();
                    return into;
                }));
            }
        }
        for (Future<LandingBuffer> fill : fills) {
            assertThat(fill.get().isFull()).isTrue();
        }
        assertThat(faults.stream().mapToLong(ActiveFault::fired).sum()).isPositive();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertFails(ChunkId id, Kind kind) {
        LandingBuffer into = Buffers.of(id);
        ChunkException failure = catchThrowableOfType(ChunkException.class, () -> fixture.fill(id, into));
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
        return assertThat(failure);
    }
}
