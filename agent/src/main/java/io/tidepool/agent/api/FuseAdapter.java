package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.origin.FailureLog;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.OpenFile;
import io.tidepool.fuse.Attributes;
import io.tidepool.fuse.DirectorySink;
import io.tidepool.fuse.Entry;
import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FileKind;
import io.tidepool.fuse.FileSystem;
import io.tidepool.fuse.FileSystemStats;
import io.tidepool.fuse.FuseException;
import io.tidepool.fuse.Opened;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates the kernel's calls into those of {@link Catalog} and {@link FileReader}, and their errors into errnos.
 * Nothing else. Thread-safe.
 */
public final class FuseAdapter implements FileSystem {
    private static final Logger log = LoggerFactory.getLogger(FuseAdapter.class);
    private static final String EDGE = "fuse";
    private static final int DIRECTORY_PERMISSIONS = 0755;
    private static final int FILE_PERMISSIONS = 0644;
    /** A file's attributes belong to its version, as its inode does: they never change. */
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Catalog catalog;
    private final FileReader reader;
    private final Options options;
    private final Supplier<FileSystemStats> stats;
    private final Inodes inodes = new Inodes();
    private final Instant started = Instant.now();
    private final ConcurrentHashMap<Long, OpenFile> files = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, DirectoryHandle> directories = new ConcurrentHashMap<>();
    private final AtomicLong lastHandle = new AtomicLong();
    private final FailureLog failures = new FailureLog(log, System::nanoTime);

    /**
     * What the adapter is told.
     *
     * @param nameTime how long the kernel may take a name for the same inode
     * @param speculationBytes how far the kernel may read beyond what a reader asked for
     * @param uid who owns everything
     */
    public record Options(Duration nameTime, int speculationBytes, int uid, int gid) {}

    /** @param stats the whole's size and use; must not block */
    public FuseAdapter(Catalog catalog, FileReader reader, Options options, Supplier<FileSystemStats> stats) {
        this.catalog = catalog;
        this.reader = reader;
        this.options = options;
        this.stats = stats;
    }

    @Override
    public Entry lookup(long parent, String name) throws FuseException, InterruptedException {
        String parentPath = inode(parent).path();
        String path = parentPath.equals("/") ? "/" + name : parentPath + "/" + name;
        CatalogEntry entry;
        try {
            entry = catalog.lookup(path);
        } catch (ChunkException e) {
            throw failed("lookup of", path, e, Errnos.of(e.kind()));
        }
        if (entry == null) {
            return Entry.absent(options.nameTime());
        }
        Inodes.Inode inode = inodes.lookup(entry);
        return new Entry(inode.number(), attributes(inode.entry()), options.nameTime());
    }

    @Override
    public void forget(long ino, long lookups) {
        inodes.forget(ino, lookups);
    }

    @Override
    public Attributes getattr(long ino) throws FuseException {
        return attributes(inode(ino).entry());
    }

    private Attributes attributes(CatalogEntry entry) {
        return switch (entry) {
            case CatalogEntry.File file -> {
                ObjectInfo info = file.info();
                yield attributes(
                        FileKind.FILE, info.version().sizeBytes(), info.lastModified(), FILE_PERMISSIONS, 1, FOREVER);
            }
            case CatalogEntry.Directory directory ->
                attributes(FileKind.DIRECTORY, 0, started, DIRECTORY_PERMISSIONS, 2, options.nameTime());
        };
    }

    private Attributes attributes(
            FileKind kind, long sizeBytes, Instant modified, int permissions, int links, Duration validFor) {
        return new Attributes(kind, sizeBytes, modified, permissions, options.uid(), options.gid(), links, validFor);
    }

    @Override
    public long opendir(long ino) throws FuseException {
        Inodes.Inode inode = inode(ino);
        if (!(inode.entry() instanceof CatalogEntry.Directory)) {
            throw Errno.ENOTDIR.exception();
        }
        long handle = lastHandle.incrementAndGet();
        directories.put(handle, new DirectoryHandle(inode.path(), catalog, inodes));
        return handle;
    }

    @Override
    public void readdir(long handle, long cookie, DirectorySink sink) throws FuseException, InterruptedException {
        DirectoryHandle directory = directories.get(handle);
        if (directory == null) {
            throw Errno.EBADF.exception();
        }
        try {
            directory.list(cookie, sink);
        } catch (ChunkException e) {
            throw failed("listing of", directory.path(), e, Errnos.of(e.kind()));
        }
    }

    @Override
    public void releasedir(long handle) {
        directories.remove(handle);
    }

    @Override
    public Opened open(long ino, int flags) throws FuseException, InterruptedException {
        Inodes.Inode inode = inode(ino);
        if (!(inode.entry() instanceof CatalogEntry.File known)) {
            throw Errno.EISDIR.exception();
        }
        OpenFile file;
        try {
            file = reader.open(inode.path(), options.speculationBytes(), EDGE);
        } catch (ChunkException e) {
            throw failed("open of", inode.path(), e, Errnos.of(e.kind()));
        }
        if (!file.version().equals(known.info().version())) {
            // The name leads to another version by now. ESTALE makes the kernel look it up again and open that inode.
            file.close();
            throw Errno.ESTALE.exception();
        }
        long handle = lastHandle.incrementAndGet();
        files.put(handle, file);
        return new Opened(handle, inode.pagesAreGood(reader.mismatches()));
    }

    @Override
    public int readNow(long handle, long offset, ByteBuffer dst) throws FuseException {
        OpenFile file = file(handle);
        try {
            int count = file.readNow(offset, dst);
            return count < 0 ? WOULD_BLOCK : count;
        } catch (ChunkException e) {
            throw failed("read of", file.path(), e, Errnos.ofHandle(e.kind()));
        }
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst, long askedNanos)
            throws FuseException, InterruptedException {
        OpenFile file = file(handle);
        try {
            return file.read(offset, dst, askedNanos);
        } catch (ChunkException e) {
            throw failed("read of", file.path(), e, Errnos.ofHandle(e.kind()));
        }
    }

    @Override
    public void release(long handle) {
        OpenFile file = files.remove(handle);
        if (file != null) {
            file.close();
        }
    }

    @Override
    public FileSystemStats statfs() {
        return stats.get();
    }

    /** The numbers of those inodes that the kernel knows of a version: of each path that shows it. */
    public LongStream inodesOf(ObjectVersion version) {
        return catalog.paths(version).stream()
                .mapToLong(path -> inodes.numberOf(path, version.id()))
                .filter(ino -> ino != 0);
    }

    private Inodes.Inode inode(long ino) throws FuseException {
        Inodes.Inode inode = inodes.get(ino);
        if (inode == null) {
            throw Errno.ESTALE.exception();
        }
        return inode;
    }

    private OpenFile file(long handle) throws FuseException {
        OpenFile file = files.get(handle);
        if (file == null) {
            throw Errno.EBADF.exception();
        }
        return file;
    }

    /** Says, for the operator, why the kernel gets {@code errno}. */
    private FuseException failed(String what, String path, ChunkException why, Errno errno) {
        if (errno == Errno.ENOENT || errno == Errno.EINTR) {
            log.debug("{} {}: {}", what, path, why.getMessage());
        } else {
            failures.report(why.kind(), what + " " + path + " gives " + errno + ": " + why.getMessage());
        }
        return errno.exception();
    }
}
