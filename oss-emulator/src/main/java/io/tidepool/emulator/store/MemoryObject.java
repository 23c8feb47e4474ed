package io.tidepool.emulator.store;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/** A small object whose bytes are on the heap. */
public final class MemoryObject implements StoredObject {

    private final String key;
    private final byte[] bytes;
    private final String etag;
    private final Instant lastModified;
    private final Map<String, String> headers;

    /** Takes ownership of {@code bytes}: the caller must not change them any more. */
    MemoryObject(String key, byte[] bytes, Instant lastModified, Map<String, String> headers) {
        this.key = key;
        this.bytes = bytes;
        this.etag = Digests.md5Hex(bytes);
        this.lastModified = lastModified;
        this.headers = Map.copyOf(headers);
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public String etag() {
        return etag;
    }

    @Override
    public Instant lastModified() {
        return lastModified;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public boolean offersCrc64() {
        return true;
    }

    @Override
    public ObjectBody open() {
        return new ObjectBody() {
            @Override
            public void fill(long offset, ByteBuffer dst) {
                dst.put(bytes, Math.toIntExact(offset), dst.remaining());
            }

            @Override
            public ReferenceCounted slice(ByteBufAllocator allocator, long offset, int length) {
                return Unpooled.wrappedBuffer(bytes, Math.toIntExact(offset), length);
            }
        };
    }
}
