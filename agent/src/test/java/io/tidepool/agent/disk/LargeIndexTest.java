package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cache of 100,000 chunks is opened soon, after a kill as well, and its index stays within its memory. */
class LargeIndexTest {
    private static final int FILES = 200;
    private static final int CHUNKS_EACH = 500;

    @TempDir
    Path temp;

    @Test
    @Timeout(120)
    void opensSoonAndWithinItsMemory() throws Exception {
        Path cache = make(temp.resolve("cache"));
        for (String state : new String[] {"boot=other\nclean=true", "boot=" + Caches.BOOT, "boot=other"}) {
            Files.writeString(cache.resolve("STATE"), "format=1\n" + state + "\n");
            Metrics metrics = new Metrics();
            long before = cpuNanos();
            try (DiskTier disk = DiskTier.open(
                    DiskOptions.of(cache, 1L << 40).keepingFree(0), metrics, InstantSource.system(), Caches.BOOT)) {
                // CPU, not time: other tests may run. The 2 s are for the whole process, see
                // docs/BENCHMARKS.md.
                assertThat(TimeUnit.NANOSECONDS.toMillis(cpuNanos() - before))
                        .as("ms of CPU to open it, %s", state)
                        .isLessThan(1500);
                assertThat(gauge(metrics, Metric.CACHE_CHUNKS)).isEqualTo(FILES * CHUNKS_EACH);
                for (int i = 0; i < FILES; i++) {
                    assertThat(disk.isComplete(version(i))).isTrue();
                    assertThat(disk.chunkCrc64s(version(i))).hasSize(CHUNKS_EACH);
                }
                assertThat(gauge(metrics, Metric.CACHE_INDEX_MEMORY_BYTES))
                        .isBetween(100_000.0, (double) DiskOptions.INDEX_MEMORY_BYTES);
            }
        }
    }

    private static double gauge(Metrics metrics, Metric metric) {
        return metrics.registry().get(metric.prometheusName()).gauge().value();
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static ObjectVersion version(int number) {
        return Oracle.version("model-" + number, (long) CHUNKS_EACH * Oracle.CHUNK);
    }

    /** What an agent would have left, but that the files are holes. */
    static Path make(Path cache) throws Exception {
        Caches.open(cache, new Metrics(), Caches.BOOT).close();
        try (ChunkIndex index = new ChunkIndex(cache.resolve("index"), true)) {
            for (int i = 0; i < FILES; i++) {
                ObjectVersion version = version(i);
                String hex = version.id().hex();
                Path file =
                        cache.resolve("objects").resolve(hex.substring(0, 2)).resolve(hex + ".chunks");
                Files.createDirectories(file.getParent());
                try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                    sparse.setLength(version.sizeBytes());
                }
                for (int chunk = 0; chunk < CHUNKS_EACH; chunk++) {
                    int[] crcs = {chunk, i, chunk + i, chunk * i, 5, 6, 7, 8};
                    index.putChunk(
                            new VersionRecord(version, i, false),
                            chunk,
                            new ChunkRecord(index.generation(), true, chunk, crcs));
                }
            }
        }
        return cache;
    }
}
