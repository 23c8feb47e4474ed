package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores, reads, evictions, drops and pins from many threads in a cache that is far too small, with few open files: every
 * byte read is right, the capacity holds throughout, and at the end space, counts and descriptors add up.
 */
class StressTest {
    private static final long CAPACITY = 12L * Oracle.CHUNK;
    private static final int WRITERS = 3;
    private static final int AT_LEAST_SECONDS = 3;
    private static final int AT_MOST_SECONDS = 40;

    @TempDir
    Path directory;

    private final Metrics metrics = new Metrics();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong stores = new AtomicLong();
    private final List<ObjectVersion> versions = new ArrayList<>();
    private @Nullable SmallDisk objects;
    private DiskTier disk;
    private long startNanos;

    /** The chunks have a file system of their own, which knows at one moment what all of them take. */
    @BeforeEach
    void mount() throws Exception {
        objects = SmallDisk.mount(directory.resolve("objects"), "256m");
    }

    @AfterEach
    void unmount() throws Exception {
        try {
            if (disk != null) {
                disk.close();
            }
        } finally {
            if (objects != null) {
                objects.close();
            }
        }
    }

    @Test
    @Timeout(60)
    void everythingAtOnce() throws Exception {
        for (int i = 0; i < 6; i++) {
            versions.add(Oracle.version("large", i, 3L * Oracle.CHUNK + 1000L * i));
            versions.add(Oracle.version("small" + i, 1000 + 300_000L * i));
        }
        versions.add(Oracle.version("huge", 30L * Oracle.CHUNK));
        disk = DiskTier.open(new DiskOptions(directory, CAPACITY, 0.9, 0.7, 0, 3), metrics);
        startNanos = System.nanoTime();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                all.add(threads.submit(storing(i)));
                all.add(threads.submit(reading(100 + i)));
            }
            all.add(threads.submit(meddling()));
            all.add(threads.submit(measuring()));
            try {
                for (Future<?> thread : all) {
                    thread.get();
                }
            } finally {
                threads.shutdownNow();
            }
        }
        assertThat(hasSeenEverything()).as("%s reads, %s stores", reads, stores).isTrue();
        assertNothingWentWrong();
        assertAccountsAddUp();
        disk.close();
        assertThat(openCacheFiles()).isZero();
    }

    /** A slow machine takes longer to get there. */
    private boolean running() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
        return !Thread.currentThread().isInterrupted()
                && (seconds < AT_LEAST_SECONDS || (seconds < AT_MOST_SECONDS && !hasSeenEverything()));
    }

    private boolean hasSeenEverything() {
        return reads.get() > 1000
                && stores.get() > 100
                && metrics.count(Metric.CACHE_EVICTED_BYTES, "capacity") > 0
                && metrics.count(Metric.CACHE_EVICTED_BYTES, "punched") > 0;
    }

    private ChunkId any(Random random) {
        ObjectVersion version = versions.get(random.nextInt(versions.size()));
        return version.chunk(random.nextInt(version.chunkCount()));
    }

    private Callable<?> storing(int seed) {
        return () -> {
            Random random = new Random(seed);
            ByteBuffer memory = ByteBuffer.allocateDirect(Oracle.CHUNK);
            while (running()) {
                // Half of them into the file that is larger than the cache, so that holes are punched.
                ChunkId id =
                        random.nextBoolean() ? any(random) : versions.getLast().chunk(random.nextInt(30));
                disk.touch(id.version());
                if (disk.store(id, Oracle.chunk(id, memory))) {
                    stores.incrementAndGet();
                }
            }
            return null;
        };
    }

    private Callable<?> reading(int seed) {
        return () -> {
            Random random = new Random(seed);
            ByteBuffer dst = ByteBuffer.allocateDirect(300_000);
            while (running()) {
                ChunkId id = any(random);
                try (CachedRegion region = disk.region(id)) {
                    if (region == null) {
                        continue;
                    }
                    int offset = random.nextInt(id.length());
                    region.read(offset, dst.clear());
                    Optional<String> wrong = Oracle.mismatch(id, offset, dst.flip());
                    if (wrong.isPresent()) {
                        throw new AssertionError(wrong.get());
                    }
                    reads.incrementAndGet();
                }
            }
            return null;
        };
    }

    private Callable<?> meddling() {
        return () -> {
            Random random = new Random(7);
            while (running()) {
                ChunkId id = any(random);
                switch (random.nextInt(8)) {
                    case 0 -> disk.dropAll(id.version());
                    case 1, 2 -> disk.drop(id);
                    case 3 -> disk.setPinned(id.version(), id.version().sizeBytes() < Oracle.CHUNK);
                    case 4 -> Caches.fill(disk, id, Oracle.empty(id));
                    case 5 -> disk.verify(versions.get(1), bytes -> {});
                    case 6 -> disk.versions();
                    default -> {
                        try (LentFile lent = disk.lend(versions.get(3))) {
                            assertThat(lent == null
                                            || Files.size(lent.path())
                                                    == versions.get(3).sizeBytes())
                                    .isTrue();
                        }
                    }
                }
                Thread.sleep(5);
            }
            return null;
        };
    }

    private Callable<?> measuring() {
        return () -> {
            while (running()) {
                assertThat(objects.usedBytes()).isLessThanOrEqualTo(CAPACITY);
                Thread.sleep(1);
            }
            return null;
        };
    }

    private void assertNothingWentWrong() {
        for (String reason : List.of("short_read", "io_error", "missing_file", "no_record")) {
            assertThat(metrics.count(Metric.CACHE_READ_FAILURES, reason))
                    .as(reason)
                    .isZero();
        }
        assertThat(metrics.count(Metric.CACHE_STORE_FAILURES, "io_error")).isZero();
        assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk")).isZero();
    }

    private void assertAccountsAddUp() throws Exception {
        long bytes = 0;
        int chunks = 0;
        for (CachedVersion cached : disk.versions()) {
            for (int i = 0; i < cached.version().chunkCount(); i++) {
                ChunkId id = cached.version().chunk(i);
                try (CachedRegion region = disk.region(id)) {
                    if (region != null) {
                        Oracle.assertRight(id, region);
                        bytes += Space.occupiedBy(id.length());
                        chunks++;
                    }
                }
            }
        }
        assertThat(gauge(Metric.CACHE_CHUNKS)).isEqualTo(chunks);
        // A chunk that was dropped while it was read keeps its space until it is stored anew or evicted.
        assertThat(gauge(Metric.CACHE_BYTES)).isBetween((double) bytes, (double) CAPACITY);
        assertThat(objects.usedBytes()).isLessThanOrEqualTo((long) gauge(Metric.CACHE_BYTES));
        assertThat(openCacheFiles()).isLessThanOrEqualTo(3);
    }

    private double gauge(Metric metric) {
        return metrics.registry().get(metric.prometheusName()).gauge().value();
    }

    private long openCacheFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(this::isCacheFile).count();
        }
    }

    private boolean isCacheFile(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(directory.toString()) && target.contains(".chunks");
        } catch (IOException e) {
            return false; // closed meanwhile: the listing's own descriptor
        }
    }
}
