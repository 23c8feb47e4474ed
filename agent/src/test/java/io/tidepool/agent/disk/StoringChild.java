package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The process that {@link KillTest} kills: stores and drops until then, from several threads, and says on standard output
 * what it may be held to, each line only after the call returned (stored) or before it begins (drop).
 */
final class StoringChild {
    private static final int THREADS = 3;
    private static final int LARGE = 3 * Oracle.CHUNK + 4711;

    private StoringChild() {}

    /** Arguments: directory, round. */
    public static void main(String[] args) throws Exception {
        DiskTier disk = DiskTier.open(DiskOptions.of(Path.of(args[0]), 4L << 30).keepingFree(0), new Metrics());
        int round = Integer.parseInt(args[1]);
        say("open");
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            Thread.ofPlatform().start(() -> storeForever(disk, round, thread));
        }
        Thread.sleep(60_000);
    }

    private static void storeForever(DiskTier disk, int round, int thread) {
        Random random = new Random(31L * round + thread);
        ByteBuffer memory = ByteBuffer.allocateDirect(Oracle.CHUNK);
        List<ObjectVersion> kept = new ArrayList<>();
        for (int n = 0; ; n++) {
            long size = random.nextInt(10) == 0 ? LARGE : 1 + random.nextInt(200_000);
            ObjectVersion version = Oracle.version("r" + round + "t" + thread + "n" + n, size);
            store(disk, version, random, memory);
            kept.add(version);
            // Only so that the disk doesn't fill; but the drops are killed as well.
            if (kept.size() > 8) {
                ObjectVersion old = kept.removeFirst();
                drop(disk, old, random);
            }
        }
    }

    private static void store(DiskTier disk, ObjectVersion version, Random random, ByteBuffer memory) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < version.chunkCount(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        for (int i : order) {
            ChunkId id = version.chunk(i);
            if (disk.store(id, Oracle.chunk(id, memory))) {
                say("stored " + version.key() + " " + version.sizeBytes() + " " + i);
            } else {
                say("failed " + id);
            }
        }
    }

    private static void drop(DiskTier disk, ObjectVersion version, Random random) {
        if (version.chunkCount() > 1 && random.nextBoolean()) {
            for (int i = 0; i < version.chunkCount(); i++) {
                say("drop " + version.key() + " " + version.sizeBytes() + " " + i);
                disk.drop(version.chunk(i));
            }
        } else {
            for (int i = 0; i < version.chunkCount(); i++) {
                say("drop " + version.key() + " " + version.sizeBytes() + " " + i);
            }
            disk.dropAll(version);
        }
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line + " .");
            System.out.flush();
        }
    }
}
