package io.tidepool.emulator.store;

import com.aliyun.oss.common.utils.CRC64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A run of bytes that does not change any more: what was uploaded, or a piece of an object version. Thread-safe. */
public final class Segment {

    private static final int BUFFER_BYTES = 256 << 10;

    private final Source source;
    private final long offset;
    private final long length;
    private final long heapBytes;
    private final @Nullable Path file;

    private interface Source {
        ObjectBody open() throws IOException;
    }

    private Segment(Source source, long offset, long length, long heapBytes, @Nullable Path file) {
        this.source = source;
        this.offset = offset;
        this.length = length;
        this.heapBytes = heapBytes;
        this.file = file;
    }

    /** Takes ownership of {@code bytes}. */
    static Segment ofBytes(byte[] bytes) {
        return new Segment(() -> new HeapBody(bytes), 0, bytes.length, bytes.length, null);
    }

    /** Takes ownership of the file: {@link #discard} deletes it. */
    static Segment ofFile(Path file, long length) {
        return new Segment(() -> FileObject.open(file), 0, length, 0, file);
    }

    public static Segment of(StoredObject object, long offset, long length) {
        return new Segment(object::open, offset, length, Math.min(length, object.heapBytes()), null);
    }

    public long length() {
        return length;
    }

    /** How much of it is on the heap. */
    long heapBytes() {
        return heapBytes;
    }

    /** Where the bytes begin in {@link #open}'s body. */
    long offset() {
        return offset;
    }

    ObjectBody open() throws IOException {
        return source.open();
    }

    /** The file that holds it and nothing else. */
    Path requireFile() {
        if (file == null) {
            throw new IllegalStateException("not a file");
        }
        return file;
    }

    void discard() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    void writeTo(FileChannel out) throws IOException {
        read(buffer -> {
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        });
    }

    /** @return MD5 as an ETag, and CRC64-ECMA; reads every byte */
    public Sums sums() throws IOException {
        MessageDigest md5 = Digests.md5();
        CRC64 crc64 = new CRC64();
        read(buffer -> {
            crc64.update(buffer.array(), buffer.arrayOffset(), buffer.limit());
            md5.update(buffer);
        });
        return new Sums(Digests.hex(md5.digest()), crc64.getValue());
    }

    public record Sums(String etag, long crc64) {}

    private interface Sink {
        void take(ByteBuffer bytes) throws IOException;
    }

    private void read(Sink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, length));
        try (ObjectBody body = open()) {
            for (long done = 0; done < length; done += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
                body.fill(offset + done, buffer);
                sink.take(buffer.flip());
            }
        }
    }

    /** A temporary file with the bytes of all of them, in their order. */
    static Segment join(Iterable<Segment> segments, Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (Segment segment : segments) {
                segment.writeTo(out);
            }
            return ofFile(file, out.size());
        }
    }
}
