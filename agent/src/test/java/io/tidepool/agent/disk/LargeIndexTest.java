package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
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
    @TempDir
    Path temp;

    @Test
    @Timeout(120)
    void opensSoonAndWithinItsMemory() throws Exception {
        Path cache = LargeCache.make(temp.resolve("cache"));
        for (String state : new String[] {"boot=other\nclean=true", "boot=" + Caches.BOOT, "boot=other"}) {
            Files.writeString(cache.resolve("STATE"), "format=1\n" + state + "\n");
            Metrics metrics = new Metrics();
            long before = cpuNanos();
            try (DiskTier disk = DiskTier.open(
                    DiskOptions.of(cache, 1L << 40).keepingFree(0), metrics, InstantSource.system(), Caches.BOOT)) {
                // CPU, not time: other tests may run. StartTest has the whole process.
                assertThat(TimeUnit.NANOSECONDS.toMillis(cpuNanos() - before))
                        .as("ms of CPU to open it, %s", state)
                        .isLessThan(1500);
                assertThat(gauge(metrics, Metric.CACHE_CHUNKS)).isEqualTo(LargeCache.CHUNKS);
                for (int i = 0; i < LargeCache.FILES; i++) {
                    assertThat(disk.isComplete(LargeCache.version(i))).isTrue();
                    assertThat(disk.chunkCrc64s(LargeCache.version(i))).hasSize(LargeCache.CHUNKS_EACH);
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
}
