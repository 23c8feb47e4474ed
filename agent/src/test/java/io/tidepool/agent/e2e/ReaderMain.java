package io.tidepool.agent.e2e;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A program of its own that reads synthetic objects through the mount or gRPC and compares every byte. Readers are other
 * processes because loaders are, because they may die, and because a thread that faults on a mapped page in Java code stops
 * the garbage collector, which would stop an agent or emulator of the same JVM.
 *
 * <p>Ends with 0 and {@code ok BYTES} if all bytes were right, with 1 and a line about the first wrong one, or with 3 and
 * {@code failed: WHY after BYTES}.
 */
final class ReaderMain {
    private static final int FAILED = 3;
    private static final int WINDOW_BYTES = 1 << 20;

    private ReaderMain() {}

    /**
     * One of
     *
     * <pre>
     * pread PATH KEY VERSION ORDER BLOCK      every block once, see {@link BlockOrder}
     * random PATH KEY VERSION COUNT SEED      that many reads of random places and sizes
     * mmap PATH KEY VERSION                   every page
     * grpc SOCKET PATH KEY VERSION ORDER BLOCK
     * header PATH BYTES                       the file's beginning, mapped
     * replaced MODE SOCKET PATH KEY READS     see {@link ReplacedReader}
     * tensors KIND PATH                       see {@link LoaderReader}
     * </pre>
     */
    public static void main(String[] args) {
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        int exit;
        try {
            exit = switch (args[0]) {
                case "pread" -> pread(rest);
                case "random" -> random(rest);
                case "mmap" -> mmap(rest);
                case "grpc" -> grpc(rest);
                case "header" -> header(rest);
                case "replaced" -> ReplacedReader.run(rest);
                case "tensors" -> LoaderReader.run(rest);
                default -> throw new IllegalArgumentException(args[0]);
            };
        } catch (ErrnoException e) {
            System.out.println("failed: " + e.getMessage());
            exit = FAILED;
        } catch (Exception e) {
            e.printStackTrace();
            exit = 2;
        }
        System.exit(exit);
    }

    /** Reads a part of a file into a buffer; fails with an exception whose message is one line. */
    interface Source {
        int read(long offset, ByteBuffer into) throws IOException, ClientException;
    }

    private static int pread(String[] args) throws IOException {
        int fd = Posix.open(Path.of(args[0]));
        long size = Posix.fstat(fd).size();
        return walk(args[1], Long.parseLong(args[2]), size, args[3], Integer.parseInt(args[4]), (offset, into) -> {
            MountedFile.fill(fd, into, offset);
            return into.position();
        });
    }

    private static int grpc(String[] args) throws ClientException {
        try (TidepoolClient client = TidepoolClient.connect(args[0])) {
            String path = args[1];
            long size = client.stat(path).getSizeBytes();
            Source source = (offset, into) -> client.read(path, offset, into);
            return walk(args[2], Long.parseLong(args[3]), size, args[4], Integer.parseInt(args[5]), source);
        }
    }

    private static int walk(String key, long version, long size, String order, int blockBytes, Source source) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(blockBytes);
        long right = 0;
        for (long block : BlockOrder.valueOf(order).blocks((size + blockBytes - 1) / blockBytes)) {
            long offset = block * blockBytes;
            buffer.clear().limit((int) Math.min(blockBytes, size - offset));
            try {
                int count = source.read(offset, buffer);
                if (count != buffer.limit()) {
                    System.out.println("short read of " + count + " instead of " + buffer.limit() + " at " + offset);
                    return 1;
                }
            } catch (IOException | ClientException e) {
                System.out.println("failed: " + e.getMessage() + " at " + offset + " after " + right);
                return FAILED;
            }
            Optional<String> wrong = SyntheticBytes.check(key, version, offset, buffer.flip());
            if (wrong.isPresent()) {
                System.out.println("wrong: " + wrong.get());
                return 1;
            }
            right += buffer.limit();
        }
        System.out.println("ok " + right);
        return 0;
    }

    private static int random(String[] args) throws IOException {
        String key = args[1];
        long version = Long.parseLong(args[2]);
        int fd = Posix.open(Path.of(args[0]));
        long size = Posix.fstat(fd).size();
        RandomReads places = new RandomReads(size, Long.parseLong(args[4]));
        ByteBuffer buffer = ByteBuffer.allocateDirect(RandomReads.MAX_BYTES);
        long right = 0;
        for (int i = Integer.parseInt(args[3]); i > 0; i--) {
            long offset = places.nextOffset();
            buffer.clear().limit(places.nextLength(offset));
            int wanted = buffer.limit();
            int count = Posix.pread(fd, buffer, offset);
            Optional<String> wrong = SyntheticBytes.check(key, version, offset, buffer.flip());
            if (count != wanted || wrong.isPresent()) {
                System.out.println("wrong at " + offset + ": " + count + " of " + wanted + " bytes; " + wrong);
                return 1;
            }
            right += count;
        }
        System.out.println("ok " + right);
        return 0;
    }

    private static int mmap(String[] args) throws IOException {
        int fd = Posix.open(Path.of(args[0]));
        long size = Posix.fstat(fd).size();
        MemorySegment mapped = size == 0 ? MemorySegment.NULL : Posix.map(fd, size);
        for (long at = 0; at < size; at += WINDOW_BYTES) {
            ByteBuffer window =
                    mapped.asSlice(at, Math.min(WINDOW_BYTES, size - at)).asByteBuffer();
            Optional<String> wrong;
            try {
                wrong = SyntheticBytes.check(args[1], Long.parseLong(args[2]), at, window);
            } catch (InternalError e) {
                System.out.println("failed: fault (SIGBUS) after " + at);
                return FAILED;
            }
            if (wrong.isPresent()) {
                System.out.println("wrong: " + wrong.get());
                return 1;
            }
        }
        System.out.println("ok " + size);
        return 0;
    }

    /** Touches every page of the header, and none behind it. */
    private static int header(String[] args) throws IOException {
        int fd = Posix.open(Path.of(args[0]));
        MemorySegment mapped = Posix.map(fd, Posix.fstat(fd).size());
        CRC32C sum = new CRC32C();
        sum.update(mapped.asSlice(0, Long.parseLong(args[1])).asByteBuffer());
        System.out.println("ok " + sum.getValue());
        return 0;
    }
}
