package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metrics;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cache directory of 100,000 chunks, made within seconds. */
public final class LargeCache {
    static final int FILES = 200;
    static final int CHUNKS_EACH = 500;
    public static final int CHUNKS = FILES * CHUNKS_EACH;

    private LargeCache() {}

    static ObjectVersion version(int number) {
        return Oracle.version("model-" + number, (long) CHUNKS_EACH * Oracle.CHUNK);
    }

    /** What an agent would have left, but that the files are holes. */
    public static Path make(Path cache) throws Exception {
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
