package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is interrupted is let go at once, long before the socket's timeout, on whatever kind of thread. */
@Timeout(120)
class OssInterruptTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private OssFixture fixture;
    private OssOrigin patient;
    private OriginSource source;

    private interface Blocking {
        void run() throws ChunkException, InterruptedException;
    }

    @BeforeEach
    void open() throws Exception {
        fixture = new OssFixture();
        patient = new OssOrigin("bucket", fixture.options(OssFixture.key()).withTimeouts(LONG, LONG));
        source = new OriginSource(
                Map.of("bucket", new PacedOrigin(patient, OriginLimits.of(1), fixture.metrics)), LONG, fixture.metrics);
    }

    @AfterEach
    void close() {
        patient.close();
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileTheBodyStalls(boolean virtual) throws Exception {
        ChunkId id = fixture.put("m", 1_000_000).chunk(0);
        ActiveFault fault = fixture.emulator.faults().add(FaultRule.on("m", Fault.stallForever(1000)));
        LandingBuffer into = Buffers.of(id);
        interruptOnce(virtual, () -> fault.fired() == 1 && into.watermark() == 1000, () -> fill(id, into));
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(patient.connectionStats()).contains("leased: 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileTheAnswerIsAwaited(boolean virtual) throws Exception {
        ChunkId id = fixture.put("m", 1_000_000).chunk(0);
        ActiveFault fault = fixture.emulator.faults().add(FaultRule.on("m", Fault.latency(LONG)));
        interruptOnce(virtual, () -> fault.fired() == 1, () -> fill(id, Buffers.of(id)));
        assertThat(patient.connectionStats()).contains("leased: 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileItWaitsBetweenTries(boolean virtual) throws Exception {
        ChunkId id = fixture.put("m", 1_000_000).chunk(0);
        ActiveFault fault =
                fixture.emulator.faults().add(FaultRule.on("m", Fault.throttled("SlowDown", LONG.dividedBy(2))));
        interruptOnce(virtual, () -> fault.fired() == 1, () -> fill(id, Buffers.of(id)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileItWaitsForItsTurn(boolean virtual) throws Exception {
        ChunkId id = fixture.put("m", 1_000_000).chunk(0);
        ActiveFault fault = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.stallForever(0)).times(1));
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                fill(id, Buffers.of(id));
            } catch (ChunkException | InterruptedException e) {
                // It was only there to be in the way.
            }
        });
        interruptOnce(virtual, () -> fault.fired() == 1, () -> fill(id, Buffers.of(id)));
        first.interrupt();
        first.join();
        fill(id, Buffers.of(id)); // the gate is free again
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileAHeadOrAListingIsAwaited(boolean virtual) throws Exception {
        fixture.put("m", 1);
        ActiveFault heads = fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.latency(LONG)).method("HEAD"));
        interruptOnce(virtual, () -> heads.fired() == 1, () -> patient.head("m"));
        ActiveFault lists = fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.latency(LONG)).method("LIST"));
        interruptOnce(virtual, () -> lists.fired() == 1, () -> patient.list("", true, null, 1));
    }

    private void fill(ChunkId id, LandingBuffer into) throws ChunkException, InterruptedException {
        source.fill(id, into, new FillTicket(Priority.DEMAND));
    }

    private interface Condition {
        boolean holds();
    }

    private static void interruptOnce(boolean virtual, Condition blocked, Blocking call) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                call.run();
                end.complete("ended");
            } catch (InterruptedException e) {
                end.complete(Thread.currentThread().isInterrupted() ? "flag left" : "interrupted");
            } catch (ChunkException | RuntimeException e) {
                end.complete(e.toString());
            }
        };
        Thread thread =
                virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
        while (!blocked.holds()) {
            assertThat(end).isNotDone();
            Thread.sleep(5);
        }
        Thread.sleep(50); // from the emulator's fault to our wait
        thread.interrupt();
        assertThat(end.get(3, TimeUnit.SECONDS)).isEqualTo("interrupted");
        thread.join();
    }
}
