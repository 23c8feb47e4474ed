package io.tidepool.emulator.store;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of a bucket without a directory: one segment after a PUT, several after a multipart upload or appends. What
 * was copied is borrowed from its source, so a copy of a synthetic object takes no memory.
 */
public final class ComposedObject implements StoredObject {

    private final Facts facts;
    private final List<Segment> segments;
    private final long[] starts;

    ComposedObject(
            String key,
            List<Segment> segments,
            String etag,
            Instant lastModified,
            Attributes attributes,
            long crc64LimitBytes) {
        this.segments = List.copyOf(segments);
        this.starts = new long[segments.size() + 1];
        for (int i = 0; i < segments.size(); i++) {
            starts[i + 1] = starts[i] + segments.get(i).length();
        }
        long size = starts[segments.size()];
        this.facts = new Facts(key, size, etag, lastModified, size - heapBytes() <= crc64LimitBytes, attributes);
    }

    private ComposedObject(ComposedObject other, Attributes attributes) {
        this.facts = other.facts.with(attributes);
        this.segments = other.segments;
        this.starts = other.starts;
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public ComposedObject with(Attributes other) {
        return new ComposedObject(this, other);
    }

    @Override
    public long heapBytes() {
        return segments.stream().mapToLong(Segment::heapBytes).sum();
    }

    @Override
    public List<Segment> segments() {
        return segments;
    }

    @Override
    public ObjectBody open() {
        return new Body();
    }

    /** Opens one segment at a time. */
    private final class Body implements ObjectBody {

        private int index = -1;
        private @Nullable ObjectBody current;

        @Override
        public void fill(long offset, ByteBuffer dst) throws IOException {
            int end = dst.limit();
            while (dst.position() < end) {
                ObjectBody body = at(offset);
                int length = (int) Math.min(end - dst.position(), starts[index + 1] - offset);
                body.fill(within(offset), dst.limit(dst.position() + length));
                dst.limit(end);
                offset += length;
            }
        }

        @Override
        public ReferenceCounted slice(ByteBufAllocator allocator, long offset, int length) throws IOException {
            ObjectBody body = at(offset);
            return offset + length <= starts[index + 1]
                    ? body.slice(allocator, within(offset), length)
                    : ObjectBody.super.slice(allocator, offset, length);
        }

        private ObjectBody at(long offset) throws IOException {
            ObjectBody body = current;
            if (body != null && offset >= starts[index] && offset < starts[index + 1]) {
                return body;
            }
            close();
            int found = Arrays.binarySearch(starts, offset);
            index = found >= 0 ? found : -found - 2;
            body = segments.get(index).open();
            current = body;
            return body;
        }

        private long within(long offset) {
            return segments.get(index).offset() + offset - starts[index];
        }

        @Override
        public void close() throws IOException {
            ObjectBody body = current;
            current = null;
            if (body != null) {
                body.close();
            }
        }
    }
}
