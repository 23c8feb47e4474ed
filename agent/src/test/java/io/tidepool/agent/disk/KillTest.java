package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at random moments: what was stored is there, what is there is right, and no space is lost. */
class KillTest {
    private static final long SLACK = 2 << 20;

    @TempDir
    Path temp;

    private final Random random = new Random();
    private final Set<ChunkId> stored = new HashSet<>();
    private final Set<ChunkId> dropped = new HashSet<>();

    @Test
    @Timeout(120)
    void nothingStoredIsLostAndNothingNamedIsWrong() throws Exception {
        killAndCheck(10);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void norAfter500Kills() throws Exception {
        killAndCheck(500);
    }

    private void killAndCheck(int kills) throws Exception {
        Path cache = temp.resolve("cache");
        long seed = random.nextLong();
        random.setSeed(seed);
        int checked = 0;
        for (int round = 0; round < kills; round++) {
            runAndKill(cache, round);
            checked += check(cache, "round " + round + " of seed " + seed);
        }
        // Unless something was there to check, the kills proved nothing.
        assertThat(checked).isGreaterThan(kills * 5);
        assertThat(dropped).isNotEmpty();
    }

    private void runAndKill(Path cache, int round) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoringChild.class.getName(),
                        cache.toString(),
                        Integer.toString(round)))
                .redirectError(new File(temp.toFile(), "child-" + round + ".log"))
                .start();
        try (BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).as("first line of the child").isEqualTo("open .");
            Thread killer = Thread.ofPlatform().start(() -> kill(child, 20 + random.nextInt(400)));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line);
            }
            killer.join();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed by signal 9").isEqualTo(128 + 9);
    }

    private static void kill(Process child, int afterMillis) {
        try {
            Thread.sleep(afterMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The handle, for the process itself would close the stream that is still to be read.
        child.toHandle().destroyForcibly();
    }

    private void take(String line) {
        String[] words = line.split(" ", -1);
        if (!words[words.length - 1].equals(".")) {
            return; // cut short by the kill
        }
        assertThat(words[0]).as(line).isIn("stored", "drop");
        ChunkId id = Oracle.version(words[1], Long.parseLong(words[2])).chunk(Integer.parseInt(words[3]));
        (words[0].equals("stored") ? stored : dropped).add(id);
    }

    /** Returns how many chunks it has checked. */
    private int check(Path cache, String when) throws Exception {
        Metrics metrics = new Metrics();
        int checked = 0;
        try (DiskTier disk = DiskTier.open(DiskOptions.of(cache, 4L << 30).keepingFree(0), metrics)) {
            Set<ChunkId> lost = new HashSet<>(stored);
            lost.removeAll(dropped);
            long bytes = 0;
            for (CachedVersion cached : disk.versions()) {
                ObjectVersion version = cached.version();
                for (int i = 0; i < version.chunkCount(); i++) {
                    try (CachedRegion region = disk.region(version.chunk(i))) {
                        if (region != null) {
                            Oracle.assertRight(version.chunk(i), region);
                            lost.remove(version.chunk(i));
                            bytes += Space.occupiedBy(version.chunk(i).length());
                            checked++;
                        }
                    }
                }
            }
            assertThat(lost).as("lost in %s", when).isEmpty();
            assertThat(Caches.spaceTaken(cache.resolve("objects")))
                    .as("space taken, %s", when)
                    .isLessThanOrEqualTo(bytes + SLACK);
            forgetSome(disk);
        }
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "short_read")).isZero();
        assertThat(metrics.count(Metric.CACHE_READ_FAILURES, "missing_file")).isZero();
        return checked;
    }

    /** So that the directory doesn't grow from kill to kill. */
    private void forgetSome(DiskTier disk) {
        for (CachedVersion cached : disk.versions()) {
            if (random.nextInt(3) > 0) {
                disk.dropAll(cached.version());
                for (int i = 0; i < cached.version().chunkCount(); i++) {
                    dropped.add(cached.version().chunk(i));
                }
            }
        }
    }
}
