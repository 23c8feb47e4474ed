package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interrupted thread lets go where it may, and never closes a file under the others. */
class InterruptTest {
    private static final ObjectVersion VERSION = Oracle.version("shared", 2L * Oracle.CHUNK);

    @TempDir
    Path directory;

    private DiskTier disk;

    @BeforeEach
    void open() throws Exception {
        disk = Caches.open(directory, new Metrics(), Caches.BOOT);
        Oracle.storeAll(disk, VERSION);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void anInterruptedThreadStillReadsAndStoresAndStaysInterrupted() throws Exception {
        ObjectVersion other = Oracle.version("other", Oracle.CHUNK + 1L);
        Thread.currentThread().interrupt();
        Oracle.assertCached(disk, VERSION.chunk(0));
        Oracle.storeAll(disk, other);
        Oracle.assertCached(disk, other.chunk(1));
        assertThat(Thread.interrupted()).isTrue();
        Oracle.assertCached(disk, VERSION.chunk(1));
    }

    @Test
    void anInterruptedFillOrVerifyLetsGoAndKeepsTheChunk() throws Exception {
        ChunkId id = VERSION.chunk(0);
        LandingBuffer buffer = Oracle.empty(id);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Caches.fill(disk, id, buffer)).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> disk.verify(VERSION, bytes -> {})).isInstanceOf(InterruptedException.class);
        assertThat(Caches.fill(disk, id, buffer)).isTrue();
        assertThat(Oracle.mismatch(id, 0, buffer.landed())).isEmpty();
    }

    @Test
    @Timeout(60)
    void interruptsHarmNoOtherReader() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        Callable<Integer> reader = () -> {
            int reads = 0;
            ByteBuffer dst = ByteBuffer.allocateDirect(128 << 10);
            while (System.nanoTime() < end) {
                ChunkId id = VERSION.chunk(reads % 2);
                int offset = ThreadLocalRandom.current().nextInt(Oracle.CHUNK - dst.capacity());
                try (CachedRegion region = disk.region(id)) {
                    region.read(offset, dst.clear());
                }
                Optional<String> wrong = Oracle.mismatch(id, offset, dst.flip());
                if (wrong.isPresent()) {
                    throw new AssertionError(wrong.get());
                }
                reads++;
            }
            return reads;
        };
        List<Thread> victims = new ArrayList<>();
        try (ExecutorService calm = Executors.newFixedThreadPool(2);
                ExecutorService hurried = Executors.newFixedThreadPool(2, task -> {
                    Thread thread = new Thread(task);
                    victims.add(thread);
                    return thread;
                })) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                results.add(calm.submit(reader));
                results.add(hurried.submit(reader));
            }
            int interrupts = 0;
            while (System.nanoTime() < end) {
                victims.forEach(Thread::interrupt);
                interrupts++;
                Thread.sleep(0, 200_000);
            }
            assertThat(interrupts).isGreaterThan(100);
            for (Future<Integer> result : results) {
                assertThat(result.get()).isGreaterThan(50);
            }
        }
    }
}
