package io.tidepool.bench.index;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Measures one {@link Layout} as the agent uses its disk: whole chunks in, random pieces out while the page cache has
 * them, half of the models forgotten. One thread, so that CPU seconds and wall time can be compared.
 */
final class IndexLayoutBenchmark {
    private static final int MODELS = 4;
    private static final String KEY = "bench/index";
    private static final int CHECK_EVERY = 61;
    private static final long WARM_UP_BYTES = 512 << 20;

    private final Path directory;
    private final List<ObjectVersion> models = new ArrayList<>();
    private final List<ChunkId> chunks = new ArrayList<>();

    /** Opens a layout in a directory that exists and is empty. */
    interface Opening {
        Layout open(Path directory) throws IOException;
    }

    /**
     * What one layout did.
     *
     * @param writtenBytes that the process had the kernel write to the disk while {@code storedBytes} were stored
     * @param takenAfterBytes on the disk, after half of it was forgotten
     */
    record Outcome(
            Phase write,
            long writtenBytes,
            long storedBytes,
            Phase smallReads,
            Phase largeReads,
            Phase forget,
            long takenAfterBytes) {}

    /** Wall and CPU time of the whole process for so many bytes. */
    record Phase(long bytes, double seconds, double cpuSeconds) {
        double bytesPerSecond() {
            return bytes / seconds;
        }

        double cpuSecondsPerGb() {
            return cpuSeconds / (bytes / 1e9);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** @param sizeBytes of all models together; at least one chunk each */
    IndexLayoutBenchmark(Path directory, long sizeBytes) {
        this.directory = directory;
        int chunksEach = Math.toIntExact(sizeBytes / MODELS / ChunkLayout.CHUNK_BYTES);
        for (int i = 0; i < MODELS; i++) {
            ObjectVersion model =
                    new ObjectVersion("bench", "model-" + i, "v1", (long) chunksEach * ChunkLayout.CHUNK_BYTES);
            models.add(model);
            for (int c = 0; c < chunksEach; c++) {
                chunks.add(model.chunk(c));
            }
        }
    }

    /** Leaves nothing behind. */
    Outcome run(Opening opening) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (Layout layout = opening.open(directory)) {
            return measure(layout);
        } finally {
            deleteTree(directory);
        }
    }

    private Outcome measure(Layout layout) throws IOException, InterruptedException {
        LandingBuffer chunk = chunk();
        long stored = (long) chunks.size() * ChunkLayout.CHUNK_BYTES;
        long writtenBefore = writtenBytes();
        Phase write = measure(stored, () -> {
            for (ChunkId id : chunks) {
                layout.write(id, chunk);
            }
            layout.flush();
        });
        long written = writtenBytes() - writtenBefore;
        // Or the compiler's CPU time is most of what the first reads cost.
        readSome(layout, 128 << 10, Math.min(stored, WARM_UP_BYTES));
        Phase small = measure(stored, () -> readSome(layout, 128 << 10, stored));
        Phase large = measure(stored, () -> readSome(layout, 1 << 20, stored));
        Phase forget = measure(stored / 2, () -> {
            for (ObjectVersion model : models.subList(0, MODELS / 2)) {
                layout.forget(model);
            }
        });
        return new Outcome(write, written, stored, small, large, forget, taken(directory));
    }

    /** The same bytes for every chunk: making them must not weigh on the figures. */
    private static LandingBuffer chunk() {
        LandingBuffer chunk =
                new LandingBuffer(ByteBuffer.allocateDirect(ChunkLayout.CHUNK_BYTES), ChunkLayout.CHUNK_BYTES);
        SyntheticBytes.fill(KEY, 1, 0, chunk.writable());
        chunk.advance(ChunkLayout.CHUNK_BYTES);
        chunk.complete();
        return chunk;
    }

    private static Phase measure(long bytes, Work work) throws IOException {
        long self = ProcessHandle.current().pid();
        double cpu = Cpu.ofProcess(self);
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Phase(bytes, seconds, Cpu.ofProcess(self) - cpu);
    }

    /** Reads aligned pieces at random, {@code bytes} in all, and checks one in {@value #CHECK_EVERY}. */
    private void readSome(Layout layout, int pieceBytes, long bytes) throws IOException {
        Random random = new Random(pieceBytes);
        ByteBuffer piece = ByteBuffer.allocateDirect(pieceBytes);
        for (long i = 0; i < bytes / pieceBytes; i++) {
            ChunkId id = chunks.get(random.nextInt(chunks.size()));
            int offset = random.nextInt(ChunkLayout.CHUNK_BYTES / pieceBytes) * pieceBytes;
            layout.read(id, offset, piece.clear());
            if (i % CHECK_EVERY == 0) {
                String wrong =
                        SyntheticBytes.check(KEY, 1, offset, piece.flip()).orElse("");
                if (!wrong.isEmpty()) {
                    throw new IOException("wrong bytes: " + wrong);
                }
            }
        }
    }

    /** Bytes that this process made the kernel write, or have to write, to disks. */
    private static long writtenBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("write_bytes: ")) {
                return Long.parseLong(line.substring("write_bytes: ".length()));
            }
        }
        throw new IOException("/proc/self/io has no write_bytes");
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(root)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }

    /** Holes don't count. */
    private static long taken(Path directory) throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-s", "-B1", directory.toString()).start();
        String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor();
        return Long.parseLong(output.split("\t", 2)[0]);
    }
}
