package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.FaultyFileSystem.Op;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten writers into a cache that is too small, on a disk that says 100 times in the middle of a chunk that it is full: by the
 * disk's own count of blocks the cache never takes more than its capacity.
 */
class CapacityTest {
    private static final int WRITERS = 10;
    private static final int INJECTED = 100;
    private static final long CAPACITY = 6L * Oracle.CHUNK;

    @TempDir
    Path temp;

    private final Metrics metrics = new Metrics();
    private final AtomicLong most = new AtomicLong();
    private final AtomicInteger looks = new AtomicInteger();
    private final List<ObjectVersion> versions = new ArrayList<>();
    private @Nullable SmallDisk objects;
    private FaultyFileSystem files;
    private DiskTier disk;
    private volatile boolean done;
    /** Both of the file system's thread. */
    private int writes;

    private String failing = "";

    @Test
    @Timeout(180)
    void theCapacityHoldsWhileTheDiskRunsFull() throws Exception {
        Random sizes = new Random(1);
        for (int i = 0; i < 150; i++) {
            versions.add(Oracle.version("small" + i, 200_000 + sizes.nextInt(1 << 20)));
        }
        versions.add(Oracle.version("large", 9L * Oracle.CHUNK));
        // A file system of their own knows at one moment what all chunks take.
        objects = SmallDisk.mount(temp.resolve("backing/cache/objects"), "128m");
        files = FaultyFileSystem.mount(temp.resolve("backing"), temp.resolve("faulty"));
        try {
            disk = DiskTier.open(new DiskOptions(temp.resolve("faulty/cache"), CAPACITY, 0.9, 0.7, 0, 8), metrics);
            run();
            files.heal();
            assertThat(files.fired()).as("ENOSPC injected").isGreaterThanOrEqualTo(INJECTED);
            assertThat(refused()).as("chunks refused for want of space").isGreaterThanOrEqualTo(INJECTED);
            assertThat(looks.get()).as("times that the disk was looked at").isGreaterThan(20);
            assertThat(metrics.count(Metric.CACHE_EVICTED_BYTES, "capacity")).isPositive();
            // The issue allows a chunk for each writer; room is taken before a byte is written, so there is none.
            assertThat(most.get()).isBetween(CAPACITY / 2, CAPACITY);
            assertAllIsRight();
        } finally {
            disk.close();
            files.close();
        }
    }

    @AfterEach
    void unmount() throws Exception {
        if (objects != null) {
            objects.close();
        }
    }

    private void run() throws Exception {
        files.fail(ErrnoException.ENOSPC, this::isToFail);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> watcher = threads.submit(watching());
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(threads.submit(storing(i)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            done = true;
            watcher.get();
        }
    }

    /** One write in 24, from whichever writer, and the next to the same file: for a write may be cut short and go on. */
    private boolean isToFail(FaultyFileSystem.Call call) {
        if (call.op() != Op.WRITE || !call.isChunk() || refused() >= INJECTED) {
            return false;
        }
        if (call.path().equals(failing)) {
            failing = "";
            return true;
        }
        boolean fails = ++writes % 24 == 0;
        if (fails) {
            failing = call.path();
        }
        return fails;
    }

    private double refused() {
        return metrics.count(Metric.CACHE_STORE_FAILURES, "no_space");
    }

    private boolean running() {
        return refused() < INJECTED || metrics.count(Metric.CACHE_EVICTED_BYTES, "capacity") == 0 || looks.get() <= 20;
    }

    private Callable<?> storing(int seed) {
        return () -> {
            Random random = new Random(seed);
            ByteBuffer memory = ByteBuffer.allocateDirect(Oracle.CHUNK);
            while (running() && !Thread.currentThread().isInterrupted()) {
                ObjectVersion version = versions.get(random.nextInt(versions.size()));
                ChunkId id = version.chunk(random.nextInt(version.chunkCount()));
                disk.touch(version);
                disk.store(id, Oracle.chunk(id, memory));
                if (disk.health().whyNotStored() != null) {
                    Thread.sleep(5); // three in a row: it is left alone for a moment
                }
            }
            return null;
        };
    }

    private Callable<?> watching() {
        return () -> {
            while (!done) {
                most.accumulateAndGet(objects.usedBytes(), Math::max);
                looks.incrementAndGet();
                Thread.sleep(1);
            }
            return null;
        };
    }

    private void assertAllIsRight() throws Exception {
        int present = 0;
        for (ObjectVersion version : versions) {
            for (int i = 0; i < version.chunkCount(); i++) {
                try (CachedRegion region = disk.region(version.chunk(i))) {
                    if (region != null) {
                        Oracle.assertRight(version.chunk(i), region);
                        present++;
                    }
                }
            }
        }
        assertThat(present).isPositive();
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "io_error")).isZero();
    }
}
