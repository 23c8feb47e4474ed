package io.tidepool.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/**
 * Memory that costs what it costs on a machine of one's own.
 *
 * <p>A virtual machine may give its free memory back to its host, which clears it and hands it out anew at the next touch (free page
 * reporting): where that was measured, a page cost ten times as much then, and 1 GiB written into the page cache took 2.5 CPU
 * seconds instead of 0.25. What is freed is taken back within seconds. So memory is touched right before a run, and freed while the run
 * needs it. Nothing is done where free memory isn't given back. Used by one thread.
 */
public final class WarmMemory implements AutoCloseable {
    private static final Path REPORTING = Path.of("/sys/module/page_reporting");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int PIECE_BYTES = 64 << 20;
    private static final int WRITE_BYTES = 1 << 20;
    /** This stays free. */
    private static final long SPARE_BYTES = 2L << 30;

    private final Deque<FileChannel> pieces = new ConcurrentLinkedDeque<>();
    private final Thread releaser = new Thread(this::release, "warm-memory");
    private long intervalMillis;

    private WarmMemory() {}

    /** Touches so much memory and frees it at once: for what takes a second or two. */
    public static void touch(long bytes) {
        hold(bytes).close();
    }

    /** Touches so much memory, or what there is to spare; {@link #freeWithin} or {@link #close} frees it. */
    public static WarmMemory hold(long bytes) {
        WarmMemory memory = new WarmMemory();
        if (Files.isDirectory(REPORTING) && Files.isDirectory(SHARED_MEMORY)) {
            try {
                memory.take(Math.min(bytes, freeBytes() - SPARE_BYTES));
            } catch (IOException e) {
                memory.close(); // no room there: then it is as if nobody had touched it
            }
        }
        return memory;
    }

    private static long freeBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            String free = lines.filter(line -> line.startsWith("MemFree:"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("/proc/meminfo without MemFree"));
            return Long.parseLong(free.replaceAll("\\D", "")) << 10;
        }
    }

    private void take(long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(WRITE_BYTES);
        for (long taken = 0; taken < bytes; taken += PIECE_BYTES) {
            Path file = Files.createTempFile(SHARED_MEMORY, "tidepool-warm-", "");
            FileChannel piece = FileChannel.open(file, StandardOpenOption.WRITE);
            pieces.add(piece);
            Files.delete(file); // its memory goes with the channel, whatever ends this process
            for (int written = 0; written < PIECE_BYTES; written += WRITE_BYTES) {
                piece.write(zeros.clear());
            }
        }
    }

    /** Frees it little by little. */
    public void freeWithin(Duration time) {
        intervalMillis = time.toMillis() / Math.max(1, pieces.size());
        releaser.setDaemon(true);
        releaser.start();
    }

    private void release() {
        try {
            for (FileChannel piece = pieces.poll(); piece != null; piece = pieces.poll()) {
                free(piece);
                Thread.sleep(intervalMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close frees the rest
        }
    }

    private static void free(FileChannel piece) {
        try {
            piece.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        releaser.interrupt();
        for (FileChannel piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            free(piece);
        }
    }
}
