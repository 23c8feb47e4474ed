package io.tidepool.agent.disk;

import io.tidepool.fuse.MountInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * A FUSE file system that passes everything on to a directory, until it is told to fail: then calls that a rule names
 * return its errno, truly through the kernel, to whoever uses the mount.
 *
 * <p>No page is cached ({@code direct_io}), so that each read of the user is one here. One thread serves all.
 */
public final class FaultyFileSystem extends FuseStubFS implements AutoCloseable {
    /** What is asked of the file system, as far as a rule may name it. */
    public enum Op {
        READ,
        /** Also what changes names or sizes, as on a disk that is read-only. */
        WRITE,
        SYNC
    }

    /** One call; {@code path} from the mount's root on. */
    public record Call(Op op, String path) {
        public boolean isChunk() {
            return path.endsWith(".chunks");
        }
    }

    private record Fault(Predicate<Call> when, int errno) {}

    private static final Fault NONE = new Fault(call -> false, 0);
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path backing;
    private final Path root;
    private final Map<Long, PosixFile> open = new ConcurrentHashMap<>();
    private final AtomicLong handles = new AtomicLong();
    private final AtomicInteger fired = new AtomicInteger();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private volatile Fault fault = NONE;

    private FaultyFileSystem(Path backing, Path root) {
        this.backing = backing;
        this.root = root;
    }

    /** Both directories are made. */
    public static FaultyFileSystem mount(Path backing, Path mountPoint) throws IOException {
        FaultyFileSystem files = new FaultyFileSystem(
                Files.createDirectories(backing),
                Files.createDirectories(mountPoint).toRealPath());
        String[] options = {"-s", "-o", "direct_io,big_writes"};
        Thread.ofPlatform().daemon().name("faulty-disk").start(() -> files.mount(files.root, true, false, options));
        files.awaitMounted(true);
        return files;
    }

    /** From now on the calls that {@code when} is true of fail. */
    public void fail(int errno, Predicate<Call> when) {
        fault = new Fault(when, errno);
    }

    public void heal() {
        fault = NONE;
    }

    /** How many calls have failed on purpose. */
    public int fired() {
        return fired.get();
    }

    /** Where the bytes are. */
    public Path backing() {
        return backing;
    }

    /** Heals first, so that its user can still close. */
    @Override
    public void close() throws IOException {
        heal();
        umount();
        awaitMounted(false);
    }

    private void awaitMounted(boolean wanted) throws IOException {
        for (int i = 0; MountInfo.at(root).isPresent() != wanted; i++) {
            if (i == 1000) {
                throw new IOException((wanted ? "no mount at " : "still a mount at ") + root);
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private interface Action {
        int run() throws IOException;
    }

    private int call(Op op, String path, Action action) {
        Fault now = fault;
        if (now.when().test(new Call(op, path))) {
            fired.incrementAndGet();
            return -now.errno();
        }
        return call(action);
    }

    private static int call(Action action) {
        try {
            return action.run();
        } catch (ErrnoException e) {
            return -e.errno();
        } catch (NoSuchFileException e) {
            return -ErrnoException.ENOENT;
        } catch (FileAlreadyExistsException e) {
            return -17;
        } catch (DirectoryNotEmptyException e) {
            return -39;
        } catch (IOException e) {
            return -ErrnoException.EIO;
        }
    }

    private Path at(String path) {
        return backing.resolve(path.substring(1));
    }

    // ---- names

    @Override
    public int getattr(String path, FileStat stat) {
        return call(() -> {
            Map<String, Object> all = Files.readAttributes(at(path), "unix:*", LinkOption.NOFOLLOW_LINKS);
            stat.st_mode.set((int) all.get("mode"));
            stat.st_nlink.set((int) all.get("nlink"));
            stat.st_uid.set((int) all.get("uid"));
            stat.st_gid.set((int) all.get("gid"));
            stat.st_size.set((long) all.get("size"));
            return 0;
        });
    }

    @Override
    public int readdir(String path, Pointer buf, FuseFillDir filler, long offset, FuseFileInfo info) {
        return call(() -> {
            filler.apply(buf, ".", null, 0);
            filler.apply(buf, "..", null, 0);
            try (Stream<Path> children = Files.list(at(path))) {
                children.forEach(child -> filler.apply(buf, String.valueOf(child.getFileName()), null, 0));
            }
            return 0;
        });
    }

    @Override
    public int mkdir(String path, long mode) {
        return call(Op.WRITE, path, () -> {
            Files.createDirectory(at(path));
            return 0;
        });
    }

    @Override
    public int unlink(String path) {
        return call(Op.WRITE, path, () -> {
            Files.delete(at(path));
            return 0;
        });
    }

    @Override
    public int rmdir(String path) {
        return unlink(path);
    }

    @Override
    public int rename(String from, String to) {
        return call(Op.WRITE, to, () -> {
            Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE);
            return 0;
        });
    }

    @Override
    public int chmod(String path, long mode) {
        return 0;
    }

    @Override
    public int utimens(String path, ru.serce.jnrfuse.struct.Timespec[] times) {
        return 0;
    }

    @Override
    public int statfs(String path, Statvfs stat) {
        return call(() -> {
            FileStore store = Files.getFileStore(backing);
            stat.f_bsize.set(4096);
            stat.f_frsize.set(4096);
            stat.f_blocks.set(store.getTotalSpace() / 4096);
            stat.f_bfree.set(store.getUnallocatedSpace() / 4096);
            stat.f_bavail.set(store.getUsableSpace() / 4096);
            stat.f_namemax.set(255);
            return 0;
        });
    }

    // ---- bytes

    @Override
    public int create(String path, long mode, FuseFileInfo info) {
        return call(Op.WRITE, path, () -> opened(PosixFile.open(at(path), true), info));
    }

    @Override
    public int open(String path, FuseFileInfo info) {
        return call(() -> opened(PosixFile.open(at(path), false), info));
    }

    private int opened(PosixFile file, FuseFileInfo info) {
        long handle = handles.incrementAndGet();
        open.put(handle, file);
        info.fh.set(handle);
        return 0;
    }

    private PosixFile file(FuseFileInfo info) throws ErrnoException {
        PosixFile file = open.get(info.fh.longValue());
        if (file == null) {
            throw new ErrnoException("use", "handle", 9, "closed");
        }
        return file;
    }

    @Override
    public int read(String path, Pointer buf, long size, long offset, FuseFileInfo info) {
        return call(Op.READ, path, () -> {
            buffer.clear().limit((int) size);
            int count = file(info).read(buffer, offset);
            buffer.flip().get(bytes, 0, count);
            buf.put(0, bytes, 0, count);
            return count;
        });
    }

    @Override
    public int write(String path, Pointer buf, long size, long offset, FuseFileInfo info) {
        return call(Op.WRITE, path, () -> {
            buf.get(0, bytes, 0, (int) size);
            buffer.clear().put(bytes, 0, (int) size).flip();
            file(info).write(buffer, offset);
            return (int) size;
        });
    }

    @Override
    public int truncate(String path, long size) {
        return call(Op.WRITE, path, () -> {
            try (RandomAccessFile file = new RandomAccessFile(at(path).toFile(), "rw")) {
                file.setLength(size);
            }
            return 0;
        });
    }

    @Override
    public int ftruncate(String path, long size, FuseFileInfo info) {
        return truncate(path, size);
    }

    @Override
    public int fallocate(String path, int mode, long offset, long length, FuseFileInfo info) {
        if (mode != (LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE)) {
            return -95; // EOPNOTSUPP: RocksDB then does without
        }
        return call(Op.WRITE, path, () -> {
            file(info).punchHole(offset, length);
            return 0;
        });
    }

    @Override
    public int fsync(String path, int dataOnly, FuseFileInfo info) {
        return call(Op.SYNC, path, () -> 0);
    }

    @Override
    public int release(String path, FuseFileInfo info) {
        PosixFile file = open.remove(info.fh.longValue());
        if (file != null) {
            file.close();
        }
        return 0;
    }
}
