package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opening caches as a test needs them, and looking at them from outside. */
final class Caches {
    static final String BOOT = "11111111-boot";
    static final String NEXT_BOOT = "22222222-boot";

    private Caches() {}

    /** A roomy cache, as if the running kernel had this boot id. */
    static DiskTier open(Path directory, Metrics metrics, String bootId) throws CacheDirectoryException {
        return DiskTier.open(
                DiskOptions.of(directory, 4L << 30).keepingFree(0), metrics, InstantSource.system(), bootId);
    }

    /** What a killed agent would leave: a copy of the directory while its owner is still at work. */
    static Path killedCopy(Path running, Path copy) throws IOException, InterruptedException {
        run("cp", "-a", "--sparse=always", running.toString(), copy.toString());
        return copy;
    }

    /** Disk space that a file or tree takes, in bytes: holes don't count. The tree may change meanwhile. */
    static long spaceTaken(Path path) throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-s", "-B1", path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // Fails when a file goes while it looks, and still prints the sum.
        du.waitFor();
        return Long.parseLong(output.split("\t", 2)[0]);
    }

    static boolean fill(DiskTier disk, ChunkId id, LandingBuffer into) throws InterruptedException {
        return disk.fill(id, into, new FillTicket(Priority.DEMAND));
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
