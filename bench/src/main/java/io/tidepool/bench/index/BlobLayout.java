package io.tidepool.bench.index;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Chunks as RocksDB values in blob files (integrated BlobDB), each chunk cut into values of one size, for RocksDB reads
 * whole values only. Set up kindly: no compression, no checksums on reads, direct buffers, no index of our own beside it.
 *
 * <p>Not thread-safe.
 */
final class BlobLayout implements Layout {
    private final int valueBytes;
    private final Options options = new Options()
            .setCreateIfMissing(true)
            .setEnableBlobFiles(true)
            .setMinBlobSize(4096)
            .setBlobFileSize(256L << 20)
            .setBlobCompressionType(CompressionType.NO_COMPRESSION)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setEnableBlobGarbageCollection(true)
            .setBlobGarbageCollectionAgeCutoff(1.0)
            .setMaxBackgroundJobs(2);
    // The log stays on: without it a killed process loses what the memtable held.
    private final WriteOptions writeOptions = new WriteOptions();
    private final ReadOptions readOptions = new ReadOptions().setVerifyChecksums(false);
    private final ByteBuffer key = ByteBuffer.allocateDirect(VersionId.BYTES + Integer.BYTES);
    private final ByteBuffer value;
    private final RocksDB db;

    BlobLayout(Path directory, int valueBytes) throws IOException {
        this.valueBytes = valueBytes;
        this.value = ByteBuffer.allocateDirect(valueBytes);
        try {
            RocksDB.loadLibrary();
            db = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void write(ChunkId id, LandingBuffer chunk) throws IOException {
        ByteBuffer bytes = chunk.landed();
        try {
            for (int at = 0; at < id.length(); at += valueBytes) {
                ByteBuffer part = bytes.slice(at, Math.min(valueBytes, id.length() - at));
                db.put(writeOptions, keyOf(id, at), part);
            }
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            db.flush(wait);
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void read(ChunkId id, int offset, ByteBuffer dst) throws IOException {
        try {
            int at = offset;
            while (dst.hasRemaining()) {
                int inValue = at % valueBytes;
                if (inValue == 0 && dst.remaining() >= valueBytes) {
                    // As a copy saved, straight into the reader's buffer.
                    ByteBuffer part = dst.slice(dst.position(), valueBytes);
                    get(id, at, part);
                    dst.position(dst.position() + valueBytes);
                    at += valueBytes;
                } else {
                    get(id, at - inValue, value.clear());
                    int count = Math.min(valueBytes - inValue, dst.remaining());
                    dst.put(value.slice(inValue, count));
                    at += count;
                }
            }
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    private void get(ChunkId id, int at, ByteBuffer into) throws RocksDBException, IOException {
        if (db.get(readOptions, keyOf(id, at), into) == RocksDB.NOT_FOUND) {
            throw new IOException("not cached: " + id);
        }
    }

    @Override
    public void forget(ObjectVersion version) throws IOException {
        byte[] from = new byte[VersionId.BYTES];
        version.id().write(ByteBuffer.wrap(from));
        byte[] until = new byte[VersionId.BYTES + Integer.BYTES];
        version.id().write(ByteBuffer.wrap(until));
        ByteBuffer.wrap(until).putInt(VersionId.BYTES, -1);
        try {
            db.deleteRange(from, until);
            // Blob files are rewritten by compactions only.
            db.compactRange();
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    /** The version, then the value's number within the object. */
    private ByteBuffer keyOf(ChunkId id, int at) {
        key.clear();
        id.version().id().write(key);
        return key.putInt((int) ((id.offset() + at) / valueBytes)).flip();
    }

    @Override
    public void close() {
        db.close();
        options.close();
        writeOptions.close();
        readOptions.close();
    }
}
