package io.tidepool.agent.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB as the index needs it: sorted bytes to bytes, atomic batches, small memory; its exceptions become
 * {@link IOException}s, and use after close is one too rather than a crash of the process.
 *
 * <p>A write is in the kernel when it returns, so it outlives this process, though not a power cut. After a failed write
 * RocksDB refuses all others until it is opened anew, which happens here when the disk takes writes again, at most every
 * {@value #REOPEN_SECONDS} s; until then it can be read. Thread-safe.
 */
final class IndexDb implements AutoCloseable {
    private static final long REOPEN_SECONDS = 2;

    private static final long BLOCK_CACHE_BYTES = 16L << 20;
    private static final long WRITE_BUFFER_BYTES = 8L << 20;
    private static final int WRITE_BUFFERS = 2;
    /** Compactions, open tables, iterators. */
    private static final long WORKING_BYTES = 8L << 20;

    /** The most native memory that it comes to use. */
    static final long MEMORY_BYTES = BLOCK_CACHE_BYTES + WRITE_BUFFERS * WRITE_BUFFER_BYTES + WORKING_BYTES;

    /** More than a few entries: the log and the list of files must fit when it is opened anew. */
    private static final int PROBE_BYTES = 1 << 20;

    /** What {@link #scan} calls for each entry; both arrays are the visitor's to keep. */
    interface Visitor {
        /** Returns false to stop. */
        boolean visit(byte[] key, byte[] value) throws IOException;
    }

    /** The files are there, but can't be an index any more. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    static {
        loadLibrary();
    }

    private final Path directory;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final LRUCache blockCache = new LRUCache(BLOCK_CACHE_BYTES);
    private final Options options;
    private final WriteOptions buffered = new WriteOptions();
    private final WriteOptions synced = new WriteOptions().setSync(true);

    private @Nullable RocksDB db;
    private boolean closed;
    private long reopenedAtNanos = System.nanoTime() - TimeUnit.SECONDS.toNanos(REOPEN_SECONDS);

    /**
     * @param strict a damaged log is an error, where otherwise its undamaged start is used. Right when nothing but
     *     damage can explain it: the kernel that wrote it still runs
     */
    IndexDb(Path directory, boolean strict) throws IOException {
        this.directory = directory;
        this.options = options(strict);
        try {
            Files.createDirectories(directory);
            db = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            free();
            throw translate("open", e);
        } catch (IOException e) {
            free();
            throw e;
        }
    }

    /** As {@link RocksDB#loadLibrary}, which leaves 15 MiB in the temporary directory whenever a process is killed. */
    private static void loadLibrary() {
        try {
            Path unpacked = Files.createTempDirectory("tidepool-rocksdb-");
            try {
                NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
            } finally {
                try (Stream<Path> files = Files.list(unpacked)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(unpacked);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't unpack RocksDB's library into " + System.getProperty("java.io.tmpdir"), e);
        }
        RocksDB.loadLibrary();
    }

    private Options options(boolean strict) {
        return new Options()
                .setCreateIfMissing(true)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(blockCache).setCacheIndexAndFilterBlocks(true))
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxWriteBufferNumber(WRITE_BUFFERS)
                .setMaxTotalWalSize(16L << 20)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(64)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1L << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setWalRecoveryMode(
                        strict ? WALRecoveryMode.TolerateCorruptedTailRecords : WALRecoveryMode.PointInTimeRecovery);
    }

    /** Native memory in use now; 0 when it isn't open. */
    long memoryBytes() {
        lock.readLock().lock();
        try {
            RocksDB now = db;
            if (now == null) {
                return 0;
            }
            return blockCache.getUsage()
                    + now.getLongProperty("rocksdb.cur-size-all-mem-tables")
                    + now.getLongProperty("rocksdb.estimate-table-readers-mem");
        } catch (RocksDBException e) {
            return 0;
        } finally {
            lock.readLock().unlock();
        }
    }

    byte @Nullable [] get(byte[] key) throws IOException {
        lock.readLock().lock();
        try {
            return open().get(key);
        } catch (RocksDBException e) {
            throw translate("read", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Applies all of {@code batch} or nothing. */
    void write(WriteBatch batch) throws IOException {
        try {
            write(batch, buffered);
        } catch (IOException e) {
            if (!reopen()) {
                throw e;
            }
            write(batch, buffered);
        }
    }

    void put(byte[] key, byte[] value, boolean sync) throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(key, value);
            if (sync) {
                write(batch, synced);
            } else {
                write(batch);
            }
        } catch (RocksDBException e) {
            throw translate("write", e);
        }
    }

    void delete(byte[] key) throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.delete(key);
            write(batch);
        } catch (RocksDBException e) {
            throw translate("write", e);
        }
    }

    private void write(WriteBatch batch, WriteOptions how) throws IOException {
        lock.readLock().lock();
        try {
            open().write(how, batch);
        } catch (RocksDBException e) {
            throw translate("write", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Visits the entries whose key starts with {@code prefix}, in byte order, from key {@code from} on. */
    void scan(byte[] prefix, byte[] from, Visitor visitor) throws IOException {
        lock.readLock().lock();
        try (RocksIterator iterator = open().newIterator()) {
            for (iterator.seek(from); iterator.isValid(); iterator.next()) {
                byte[] key = iterator.key();
                if (!startsWith(key, prefix) || !visitor.visit(key, iterator.value())) {
                    return;
                }
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw translate("read", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private RocksDB open() throws IOException {
        RocksDB now = db;
        if (now == null) {
            throw new IOException(closed ? "the cache is closed" : "the index can't be opened");
        }
        return now;
    }

    /** Opens the database anew after a failed write; false if it was tried a moment ago, or failed. */
    private boolean reopen() {
        lock.writeLock().lock();
        try {
            long now = System.nanoTime();
            if (closed || now - reopenedAtNanos < TimeUnit.SECONDS.toNanos(REOPEN_SECONDS)) {
                return false;
            }
            reopenedAtNanos = now;
            if (!isWritable()) {
                return false; // the one that is open can still be read
            }
            if (db != null) {
                db.close();
                db = null;
            }
            db = RocksDB.open(options, directory.toString());
            return true;
        } catch (RocksDBException e) {
            db = openForReading();
            return false;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean isWritable() {
        Path probe = directory.resolve("probe");
        try (PosixFile file = PosixFile.open(probe, true)) {
            file.write(ByteBuffer.allocateDirect(PROBE_BYTES), 0);
            file.sync();
        } catch (IOException e) {
            return false;
        } finally {
            deleteProbe(probe);
        }
        return true;
    }

    private static void deleteProbe(Path probe) {
        try {
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            // The disk fails: the next probe writes over this one.
        }
    }

    private @Nullable RocksDB openForReading() {
        try {
            return RocksDB.openReadOnly(options, directory.toString());
        } catch (RocksDBException e) {
            return null;
        }
    }

    /** Writes everything to the device, and closes. */
    @Override
    public void close() throws IOException {
        lock.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            RocksDB last = db;
            db = null;
            if (last == null) {
                throw new IOException("the index was not open at the end");
            }
            try (last) {
                last.flushWal(true);
            }
        } catch (RocksDBException e) {
            throw translate("flush", e);
        } finally {
            free();
            lock.writeLock().unlock();
        }
    }

    private void free() {
        options.close();
        buffered.close();
        synced.close();
        blockCache.close();
    }

    private IOException translate(String what, RocksDBException e) {
        String message = "can't " + what + " the index in " + directory + ": " + e.getMessage();
        Status status = e.getStatus();
        Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
        boolean gone =
                code == Status.Code.IOError && String.valueOf(e.getMessage()).contains("No such file");
        return code == Status.Code.Corruption || code == Status.Code.InvalidArgument || gone
                ? new DamagedException(message, e)
                : new IOException(message, e);
    }
}
