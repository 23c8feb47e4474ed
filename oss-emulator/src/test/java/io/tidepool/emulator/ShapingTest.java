package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.shape.Shape;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Shaped rates: never above what was asked for, and below it only by what a busy build machine takes. The tight figures
 * of a quiet one are in docs/EMULATOR.md.
 */
@Timeout(60)
class ShapingTest {

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @ParameterizedTest
    @CsvSource({"25000000,1", "25000000,4", "100000000,2"})
    void totalBandwidth(long rate, int connections) throws Exception {
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(rate));
        assertRate(measure(connections, rate * 8 / 10), rate);
    }

    @Test
    void connectionBandwidth() throws Exception {
        emulator.shape(Shape.UNLIMITED.withConnectionBytesPerSecond(10_000_000));
        assertRate(measure(3, 24_000_000), 30_000_000);
    }

    @Test
    void bothTheSlowerCounts() throws Exception {
        emulator.shape(new Shape(40_000_000, 10_000_000, Duration.ZERO));
        assertRate(measure(2, 12_000_000), 20_000_000);
        emulator.shape(new Shape(15_000_000, 10_000_000, Duration.ZERO));
        assertRate(measure(2, 12_000_000), 15_000_000);
    }

    @Test
    void firstByteLatency() throws IOException {
        emulator.bucket().putSynthetic("k", 10);
        emulator.shape(Shape.UNLIMITED.withFirstByteLatency(Duration.ofMillis(120)));
        long start = System.nanoTime();
        assertThat(RawHttp.get(emulator, "k", 2000, "Connection: close").body()).hasSize(10);
        assertThat((System.nanoTime() - start) / 1e6).isBetween(120.0, 1500.0);
    }

    @Test
    void aNewShapeReachesBodiesUnderWay() throws Exception {
        emulator.bucket().putSynthetic("k", 100_000_000);
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(1_000_000));
        try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
            Future<RawHttp> reply = reader.submit(() -> RawHttp.get(emulator, "k", 5000, "Connection: close"));
            while (emulator.count("k").bytesSent() == 0) {
                Thread.sleep(10);
            }
            emulator.shape(Shape.UNLIMITED);
            // At the old rate it would take 100 seconds.
            assertThat(reply.get().body()).hasSize(100_000_000);
        }
    }

    /** Reads {@code bytes} over so many connections at once; returns bytes a second. */
    private double measure(int connections, long bytes) throws InterruptedException, ExecutionException {
        emulator.bucket().putSynthetic("k", bytes / connections);
        List<Future<Integer>> replies = new ArrayList<>();
        try (ExecutorService readers = Executors.newFixedThreadPool(connections)) {
            long start = System.nanoTime();
            for (int i = 0; i < connections; i++) {
                replies.add(readers.submit(() ->
                        RawHttp.get(emulator, "k", 5000, "Connection: close").body().length));
            }
            long total = 0;
            for (Future<Integer> reply : replies) {
                total += reply.get();
            }
            assertThat(total).isEqualTo(bytes / connections * connections);
            return total * 1e9 / (System.nanoTime() - start);
        }
    }

    private static void assertRate(double measured, long wanted) {
        assertThat(measured / wanted).isBetween(0.3, 1.08);
    }
}
