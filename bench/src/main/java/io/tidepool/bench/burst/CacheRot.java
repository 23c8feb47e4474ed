package io.tidepool.bench.burst;

import static io.tidepool.agent.chunk.ChunkLayout.BLOCK_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a bad disk does to the cache files of an agent that runs. */
@FunctionalInterface
interface CacheRot {
    /** @param cache the cache's directory */
    void spoil(Path cache) throws IOException;

    /** Every other block gets a wrong bit; those between, the bytes of the place half a block on. */
    static void falsify(Path cache) throws IOException {
        for (Path file : objects(cache)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (long block = 0; block < channel.size(); block += BLOCK_BYTES) {
                    boolean flips = block / BLOCK_BYTES % 2 == 0;
                    ByteBuffer bytes = ByteBuffer.allocate(flips ? 1 : BLOCK_BYTES / 2);
                    channel.read(bytes, flips ? block : block + BLOCK_BYTES / 2);
                    bytes.flip();
                    if (flips && bytes.hasRemaining()) {
                        bytes.put(0, (byte) (bytes.get(0) ^ 1));
                    }
                    channel.write(bytes, block);
                }
            }
        }
    }

    /** Each file gets the bytes that another one has at the same places, as far as that goes. */
    static void exchange(Path cache) throws IOException {
        List<Path> files = objects(cache);
        for (int i = 0; i < files.size(); i++) {
            try (FileChannel into = FileChannel.open(files.get(i), StandardOpenOption.WRITE);
                    FileChannel from = FileChannel.open(files.get((i + 1) % files.size()))) {
                long length = Math.min(into.size(), from.size());
                for (long at = 0; at < length; ) {
                    at += from.transferTo(at, length - at, into.position(at));
                }
            }
        }
    }

    /** Of each file, the second half goes. */
    static void cut(Path cache) throws IOException {
        for (Path file : objects(cache)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                var _ = channel.truncate(channel.size() / 2);
            }
        }
    }

    private static List<Path> objects(Path cache) throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("objects"))) {
            return files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparingLong(file -> file.toFile().length()))
                    .toList();
        }
    }
}
