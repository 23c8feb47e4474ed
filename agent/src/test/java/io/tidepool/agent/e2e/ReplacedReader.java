package io.tidepool.agent.e2e;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.proto.v1.ErrorKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/**
 * Reads an object that is being replaced meanwhile. Every read must be wholly of one version, every handle must stay with
 * the version of its first read or end in ESTALE, and one inode must never show two versions.
 */
final class ReplacedReader {
    private static final int ESTALE = 116;
    private static final int MAX_VERSIONS = 1000;
    private static final int SAMPLE_BYTES = 16;
    private static final int READS_PER_HANDLE = 40;

    /** An open file, however it is read. Fails with ESTALE. */
    private interface Handle extends AutoCloseable {
        long size();

        /** 0 where there is no such thing. */
        long inode();

        void read(long offset, ByteBuffer into) throws IOException, ClientException;

        @Override
        void close();
    }

    private interface Opener {
        Handle open() throws IOException, ClientException;
    }

    private final String key;
    private final int maxBytes;
    private final Random random = new Random(7);
    private final Map<Long, Long> versionOfInode = new HashMap<>();
    private final TreeSet<Long> versions = new TreeSet<>();
    private long reads;
    private long stale;

    private ReplacedReader(String key, int maxBytes) {
        this.key = key;
        this.maxBytes = maxBytes;
    }

    /** MODE SOCKET PATH KEY READS; the path is the mount's for pread and mmap, the agent's for grpc. */
    static int run(String[] args) throws IOException, ClientException {
        Path path = Path.of(args[2]);
        long wanted = Long.parseLong(args[4]);
        try (TidepoolClient client = TidepoolClient.connect(args[1])) {
            return switch (args[0]) {
                case "pread" -> new ReplacedReader(args[3], 200_000).run(wanted, () -> Pread.of(path));
                case "mmap" -> new ReplacedReader(args[3], 200_000).run(wanted, () -> Mapped.of(path));
                case "grpc" ->
                    new ReplacedReader(args[3], 3 << 20)
                            .run(
                                    wanted,
                                    () -> new Grpc(
                                            client,
                                            args[2],
                                            client.stat(args[2]).getSizeBytes()));
                default -> throw new IllegalArgumentException(args[0]);
            };
        }
    }

    private int run(long wanted, Opener opener) throws IOException, ClientException {
        while (reads < wanted) {
            try (Handle handle = opener.open()) {
                String wrong = read(handle);
                if (wrong != null) {
                    System.out.println(wrong);
                    return 1;
                }
            } catch (ErrnoException e) {
                if (e.errno() != ESTALE) {
                    throw e;
                }
                stale++;
            }
        }
        System.out.println("ok reads=" + reads + " stale=" + stale + " versions=" + versions.size() + " last="
                + versions.getLast());
        return 0;
    }

    private String read(Handle handle) throws IOException, ClientException {
        long version = -1;
        ByteBuffer buffer = ByteBuffer.allocateDirect(maxBytes);
        for (int i = 0; i < READS_PER_HANDLE; i++) {
            long offset = random.nextLong(handle.size() - SAMPLE_BYTES);
            int length = SAMPLE_BYTES + random.nextInt(maxBytes - SAMPLE_BYTES);
            buffer.clear().limit((int) Math.min(length, handle.size() - offset));
            handle.read(offset, buffer);
            buffer.flip();
            long found = versionOf(offset, buffer);
            if (version < 0) {
                version = found;
            }
            Optional<String> wrong = SyntheticBytes.check(key, version, offset, buffer);
            if (wrong.isPresent()) {
                return "MIXED, begins as version " + found + " in a handle of version " + version + ": " + wrong.get();
            }
            reads++;
            versions.add(version);
            if (handle.inode() == 0) {
                return null;
            }
            Long shown = versionOfInode.putIfAbsent(handle.inode(), version);
            if (shown != null && shown != version) {
                return "inode " + handle.inode() + " showed version " + shown + " and " + version;
            }
        }
        return null;
    }

    private long versionOf(long offset, ByteBuffer bytes) {
        for (long version = 1; version <= MAX_VERSIONS; version++) {
            byte[] expected = SyntheticBytes.range(key, version, offset, SAMPLE_BYTES);
            if (bytes.slice(0, SAMPLE_BYTES).equals(ByteBuffer.wrap(expected))) {
                return version;
            }
        }
        return -1;
    }

    private record Pread(int fd, long size, long inode) implements Handle {
        static Pread of(Path path) throws IOException {
            int fd = Posix.open(path);
            Posix.Stat stat = Posix.fstat(fd);
            return new Pread(fd, stat.size(), stat.ino());
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            MountedFile.fill(fd, into, offset);
        }

        @Override
        public void close() {
            Posix.close(fd);
        }
    }

    private record Mapped(MemorySegment bytes, long inode) implements Handle {
        static Mapped of(Path path) throws IOException {
            int fd = Posix.open(path);
            try {
                Posix.Stat stat = Posix.fstat(fd);
                return new Mapped(Posix.map(fd, stat.size()), stat.ino());
            } finally {
                Posix.close(fd);
            }
        }

        @Override
        public long size() {
            return bytes.byteSize();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            try {
                into.put(bytes.asSlice(offset, into.remaining()).asByteBuffer());
            } catch (InternalError e) {
                // SIGBUS: the page could not be had. What the errno was the kernel doesn't tell.
                throw new ErrnoException("fault at " + offset, ESTALE);
            }
        }

        @Override
        public void close() {
            Posix.unmap(bytes);
        }
    }

    private record Grpc(TidepoolClient client, String path, long size) implements Handle {
        @Override
        public long inode() {
            return 0;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException, ClientException {
            try {
                client.read(path, offset, into);
            } catch (ClientException e) {
                if (e.kind() == ErrorKind.ERROR_KIND_STALE) {
                    throw new ErrnoException(e.getMessage(), ESTALE);
                }
                throw e;
            }
        }

        @Override
        public void close() {}
    }
}
