package io.tidepool.bench.burst;

import static io.tidepool.agent.chunk.ChunkLayout.BLOCK_BYTES;

import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What a bad disk does to the cache files of an agent that runs. */
@FunctionalInterface
interface CacheRot {
    /** @param cache the cache's directory */
    void spoil(Path cache) throws IOException;

    /** Every other block gets a wrong byte, also when it is done again; those between, the bytes of the place half a block on. */
    static void falsify(Path cache) throws IOException {
        for (Path file : objects(cache)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (long block = 0; block < channel.size(); block += BLOCK_BYTES) {
                    boolean counts = block / BLOCK_BYTES % 2 == 0;
                    ByteBuffer bytes = ByteBuffer.allocate(counts ? 1 : BLOCK_BYTES / 2);
                    channel.read(bytes, counts ? block : block + BLOCK_BYTES / 2);
                    bytes.flip();
                    if (counts && bytes.hasRemaining()) {
                        bytes.put(0, (byte) (bytes.get(0) + 1));
                    }
                    channel.write(bytes, block);
                }
            }
        }
    }

    /** Whatever is here gets the bytes that another object has in its second version at the same place. */
    static void replace(Path cache) throws IOException {
        for (Path file : objects(cache)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (long at = 0; at < channel.size(); at += BLOCK_BYTES) {
                    ByteBuffer bytes = block(channel, at);
                    if (hasBytes(bytes)) {
                        SyntheticBytes.fill("another", 2, at, bytes);
                        channel.write(bytes.flip(), at);
                    }
                }
            }
        }
    }

    private static ByteBuffer block(FileChannel file, long at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES);
        file.read(bytes, at);
        return bytes.flip();
    }

    /** A chunk that is not here is a hole. */
    private static boolean hasBytes(ByteBuffer block) {
        return !block.equals(ByteBuffer.allocate(block.remaining()));
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
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
