package io.tidepool.agent.catalog;

import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.OssCredentials;
import io.tidepool.agent.origin.OssOptions;
import io.tidepool.agent.origin.OssOrigin;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An emulated bucket mounted three times: whole as {@code all}, the prefix {@code pre/} as {@code pre}, the prefix
 * {@code fix/} as {@code fixed}, which is immutable. Time passes only when told.
 */
final class CatalogFixture implements AutoCloseable {
    final OssEmulator emulator;
    final OssOrigin origin;
    private final Path cacheDirectory;
    private final AtomicLong nanos = new AtomicLong();
    private DiskTier disk;
    Metrics metrics;
    Catalog catalog;

    CatalogFixture(Path cacheDirectory) throws IOException, CacheDirectoryException {
        this.cacheDirectory = cacheDirectory;
        this.emulator = new OssEmulator(EmulatorOptions.defaults());
        this.origin = new OssOrigin("bucket", options());
        startAgent();
    }

    private OssOptions options() {
        return OssOptions.of(
                emulator.endpoint().toString(),
                EmulatorOptions.DEFAULT_REGION,
                EmulatorOptions.DEFAULT_BUCKET,
                OssCredentials.fixed(EmulatorOptions.DEFAULT_KEY.id(), EmulatorOptions.DEFAULT_KEY.secret(), null));
    }

    private void startAgent() throws CacheDirectoryException {
        metrics = new Metrics();
        disk = DiskTier.open(DiskOptions.of(cacheDirectory, 1L << 30).keepingFree(0), metrics);
        catalog = catalogOf(
                metrics,
                new Mounted("all", origin, "", Policy.MODEL, false),
                new Mounted("pre", origin, "pre/", Policy.OFF, false),
                new Mounted("fixed", origin, "fix/", Policy.MODEL, true));
    }

    Catalog catalogOf(Metrics counted, Mounted... mounts) {
        return new Catalog(List.of(mounts), disk.lastKnown(), Duration.ofSeconds(1), nanos::get, counted);
    }

    /** A new agent over the same cache directory. */
    void restartAgent() throws CacheDirectoryException {
        disk.close();
        startAgent();
    }

    void put(String key) {
        emulator.bucket().putSynthetic(key, 1000);
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Longer than the attribute time. */
    void passASecond() {
        pass(Duration.ofMillis(1001));
    }

    long heads(String key) {
        return emulator.count(key).requests("HEAD");
    }

    long lists() {
        return emulator.count("").requests("LIST");
    }

    /** All names of a directory, by pages; a directory's ends in a slash. */
    List<String> names(String path, int limit) throws Exception {
        List<String> names = new ArrayList<>();
        String after = null;
        do {
            DirectoryPage page = catalog.list(path, after, limit);
            for (DirectoryPage.Child child : page.children()) {
                names.add(child.name() + (child.entry() instanceof CatalogEntry.Directory ? "/" : ""));
            }
            after = page.next();
        } while (after != null);
        return names;
    }

    double gauge(Metric metric) {
        return metrics.registry().get(metric.prometheusName()).gauge().value();
    }

    static Duration since(long startNanos) {
        return Duration.of(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS.toChronoUnit());
    }

    @Override
    public void close() {
        disk.close();
        origin.close();
        emulator.close();
    }
}
