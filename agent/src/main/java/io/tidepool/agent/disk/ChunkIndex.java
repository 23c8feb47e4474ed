package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The one list of what the cache holds. A chunk that it doesn't name doesn't exist.
 *
 * <pre>
 *   g                      the generation: raised when chunks can't be believed any more
 *   v id                   {@link VersionRecord}: versions that have chunks
 *   c id index             {@link ChunkRecord}: chunks whose bytes were in the file before this was written
 *   p id                   pinned versions, whether or not they have chunks
 *   q id                   quarantined versions
 *   k origin key           last known answers of the origin ({@link LastKnown})
 * </pre>
 *
 * <p>A chunk whose record has an older generation than the index must be read and checked before its bytes are used.
 * Raising the generation therefore makes everything unverified by one write. Thread-safe; each method is atomic.
 */
final class ChunkIndex implements AutoCloseable {
    private static final byte GENERATION = 'g';
    private static final byte VERSION = 'v';
    private static final byte CHUNK = 'c';
    private static final byte PINNED = 'p';
    private static final byte QUARANTINED = 'q';

    /** Receives the whole index at start. */
    interface Loader {
        void version(VersionRecord record);

        /** Comes after its version. */
        void chunk(VersionId version, int index, boolean verified) throws IOException;
    }

    private final IndexDb db;
    private final int generation;

    /**
     * @param trusted whether the chunks of the past are believed; if not, a new generation begins
     */
    ChunkIndex(Path directory, boolean trusted) throws IOException {
        this.db = new IndexDb(directory, trusted);
        try {
            this.generation = beginGeneration(trusted);
        } catch (IOException e) {
            closeAfter(e);
            throw e;
        }
    }

    private int beginGeneration(boolean trusted) throws IOException {
        byte[] key = {GENERATION};
        byte[] stored = db.get(key);
        int last = stored == null ? 0 : ByteBuffer.wrap(stored).getInt();
        if (trusted && stored != null) {
            return last;
        }
        // On the device before the first chunk of this generation can be.
        db.put(key, ByteBuffer.allocate(Integer.BYTES).putInt(last + 1).array(), true);
        return last + 1;
    }

    private void closeAfter(IOException e) {
        try {
            db.close();
        } catch (IOException second) {
            e.addSuppressed(second);
        }
    }

    IndexDb db() {
        return db;
    }

    int generation() {
        return generation;
    }

    /** Reads all versions and chunks. */
    void load(Loader loader) throws IOException {
        byte[] versions = {VERSION};
        db.scan(versions, versions, (key, value) -> {
            VersionRecord record = VersionRecord.decode(value);
            if (!record.version().id().equals(id(key))) {
                throw new IndexDb.DamagedException("the index names " + record.version() + " wrongly", null);
            }
            loader.version(record);
            return true;
        });
        byte[] chunks = {CHUNK};
        db.scan(chunks, chunks, (key, value) -> {
            int index = ByteBuffer.wrap(key).getInt(1 + VersionId.BYTES);
            loader.chunk(id(key), index, ChunkRecord.generation(value) == generation);
            return true;
        });
    }

    /** Names a chunk whose bytes are in the file, together with its version. */
    void putChunk(VersionRecord version, int index, ChunkRecord chunk) throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(key(VERSION, version.version().id()), version.encode());
            batch.put(chunkKey(version.version().id(), index), chunk.encode());
            db.write(batch);
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    void putVersion(VersionRecord version) throws IOException {
        db.put(key(VERSION, version.version().id()), version.encode(), false);
    }

    @Nullable
    ChunkRecord chunk(ChunkId id) throws IOException {
        byte[] value = db.get(chunkKey(id.version().id(), id.index()));
        return value == null ? null : ChunkRecord.decode(value);
    }

    /** Records that the chunk's bytes were checked in this generation. */
    void markVerified(ChunkId id, ChunkRecord chunk) throws IOException {
        db.put(
                chunkKey(id.version().id(), id.index()),
                chunk.verifiedIn(generation).encode(),
                false);
    }

    /** The records of a version's chunks in order of index. */
    List<ChunkRecord> chunks(VersionId version) throws IOException {
        List<ChunkRecord> records = new ArrayList<>();
        byte[] prefix = key(CHUNK, version);
        db.scan(prefix, prefix, (key, value) -> records.add(ChunkRecord.decode(value)));
        return records;
    }

    void deleteChunk(VersionId version, int index) throws IOException {
        db.delete(chunkKey(version, index));
    }

    /** Forgets a version and its chunks {@code present}. */
    void deleteVersion(VersionId version, BitSet present) throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.delete(key(VERSION, version));
            for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
                batch.delete(chunkKey(version, i));
            }
            db.write(batch);
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    void setPinned(ObjectVersion version, boolean pinned) throws IOException {
        mark(PINNED, version, pinned);
    }

    void setQuarantined(ObjectVersion version, boolean quarantined) throws IOException {
        mark(QUARANTINED, version, quarantined);
    }

    List<ObjectVersion> pinned() throws IOException {
        return marked(PINNED);
    }

    List<ObjectVersion> quarantined() throws IOException {
        return marked(QUARANTINED);
    }

    private void mark(byte kind, ObjectVersion version, boolean on) throws IOException {
        if (on) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            VersionRecord.writeVersion(new DataOutputStream(bytes), version);
            db.put(key(kind, version.id()), bytes.toByteArray(), false);
        } else {
            db.delete(key(kind, version.id()));
        }
    }

    private List<ObjectVersion> marked(byte kind) throws IOException {
        List<ObjectVersion> versions = new ArrayList<>();
        byte[] prefix = {kind};
        db.scan(
                prefix,
                prefix,
                (key, value) ->
                        versions.add(VersionRecord.readVersion(new DataInputStream(new ByteArrayInputStream(value)))));
        return versions;
    }

    private static byte[] key(byte kind, VersionId version) {
        ByteBuffer key = ByteBuffer.allocate(1 + VersionId.BYTES).put(kind);
        version.write(key);
        return key.array();
    }

    private static byte[] chunkKey(VersionId version, int index) {
        ByteBuffer key =
                ByteBuffer.allocate(1 + VersionId.BYTES + Integer.BYTES).put(CHUNK);
        version.write(key);
        return key.putInt(index).array();
    }

    private static VersionId id(byte[] key) {
        return VersionId.read(ByteBuffer.wrap(key, 1, VersionId.BYTES));
    }

    @Override
    public void close() throws IOException {
        db.close();
    }
}
