package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The origins' last answers about objects, kept across restarts: what {@code stat}, {@code open} and listings fall back
 * on while an origin is away. Ordered by the bytes of the key, as OSS lists.
 *
 * <p>Thread-safe. Nothing is thrown when the index fails: an answer that can't be kept or found is unknown.
 */
public final class LastKnown {
    private static final byte KIND = 'k';
    private static final int PAGE = 256;

    private final IndexDb db;
    private final DiskTrouble trouble;

    LastKnown(IndexDb db, DiskTrouble trouble) {
        this.db = db;
        this.trouble = trouble;
    }

    public void put(ObjectInfo info) {
        putAll(List.of(info));
    }

    /** Keeps a page of a listing by one write. */
    public void putAll(List<ObjectInfo> infos) {
        try (WriteBatch batch = new WriteBatch()) {
            for (ObjectInfo info : infos) {
                ObjectVersion version = info.version();
                batch.put(key(version.origin(), version.key()), encode(info));
            }
            db.write(batch);
        } catch (RocksDBException e) {
            failed("keep", new IOException(e));
        } catch (IOException e) {
            failed("keep", e);
        }
    }

    /** The origin said that there is no such object. */
    public void remove(String origin, String key) {
        try {
            db.delete(key(origin, key));
        } catch (IOException e) {
            failed("remove", e);
        }
    }

    public @Nullable ObjectInfo get(String origin, String key) {
        try {
            byte[] value = db.get(key(origin, key));
            return value == null ? null : decode(origin, key, value);
        } catch (IOException e) {
            failed("read", e);
            return null;
        }
    }

    /**
     * The objects whose key starts with {@code keyPrefix}, in byte order. Reads pages as it goes: each is consistent in
     * itself, memory is bounded, and there is nothing to close.
     */
    public Iterable<ObjectInfo> under(String origin, String keyPrefix) {
        return () -> new Pages(origin, keyPrefix);
    }

    /**
     * At most {@code limit} objects whose key starts with {@code keyPrefix}, from key {@code from} (inclusive, by bytes)
     * on; empty: from the first.
     */
    public List<ObjectInfo> page(String origin, String keyPrefix, String from, int limit) {
        byte[] first = key(origin, keyPrefix);
        byte[] start = key(origin, from);
        return page(origin, first, Arrays.compareUnsigned(first, start) < 0 ? start : first, limit);
    }

    private List<ObjectInfo> page(String origin, byte[] prefix, byte[] from, int limit) {
        List<ObjectInfo> page = new ArrayList<>();
        int keyStart = key(origin, "").length;
        try {
            db.scan(prefix, from, (key, value) -> {
                String objectKey = new String(key, keyStart, key.length - keyStart, StandardCharsets.UTF_8);
                page.add(decode(origin, objectKey, value));
                return page.size() < limit;
            });
        } catch (IOException e) {
            failed("read", e);
        }
        return page;
    }

    private final class Pages implements Iterator<ObjectInfo> {
        private final String origin;
        private final byte[] prefix;
        private byte[] from;
        private Iterator<ObjectInfo> page = List.<ObjectInfo>of().iterator();
        private boolean last;

        Pages(String origin, String keyPrefix) {
            this.origin = origin;
            this.prefix = key(origin, keyPrefix);
            this.from = prefix;
        }

        @Override
        public boolean hasNext() {
            if (!page.hasNext() && !last) {
                List<ObjectInfo> next = page(origin, prefix, from, PAGE);
                last = next.size() < PAGE;
                if (!last) {
                    // The smallest key after the last one.
                    byte[] after = key(origin, next.getLast().version().key());
                    from = Arrays.copyOf(after, after.length + 1);
                }
                page = next.iterator();
            }
            return page.hasNext();
        }

        @Override
        public ObjectInfo next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.next();
        }
    }

    private void failed(String what, IOException e) {
        trouble.other("last known " + what, "can't " + what + " the origin's last known answers", e);
    }

    /** The origin's length goes first, so that one origin's keys never sort among another's. */
    private static byte[] key(String origin, String key) {
        byte[] originBytes = origin.getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + Short.BYTES + originBytes.length + keyBytes.length)
                .put(KIND)
                .putShort((short) originBytes.length)
                .put(originBytes)
                .put(keyBytes)
                .array();
    }

    private static byte[] encode(ObjectInfo info) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(bytes);
        to.writeUTF(info.version().etag());
        to.writeLong(info.version().sizeBytes());
        Instant modified = info.lastModified();
        to.writeLong(modified.getEpochSecond());
        to.writeInt(modified.getNano());
        to.writeBoolean(info.crc64().isPresent());
        to.writeLong(info.crc64().orElse(0));
        return bytes.toByteArray();
    }

    private static ObjectInfo decode(String origin, String key, byte[] value) throws IOException {
        DataInputStream from = new DataInputStream(new ByteArrayInputStream(value));
        ObjectVersion version = new ObjectVersion(origin, key, from.readUTF(), from.readLong());
        Instant lastModified = Instant.ofEpochSecond(from.readLong(), from.readInt());
        boolean hasCrc64 = from.readBoolean();
        long crc64 = from.readLong();
        return new ObjectInfo(version, lastModified, hasCrc64 ? OptionalLong.of(crc64) : OptionalLong.empty());
    }
}
