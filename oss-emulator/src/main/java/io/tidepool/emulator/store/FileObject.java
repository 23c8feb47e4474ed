package io.tidepool.emulator.store;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.ReferenceCounted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A file of the object directory; sent with sendfile. */
public final class FileObject implements StoredObject {

    private final String key;
    private final Path path;
    private final long size;
    private final String etag;
    private final Instant lastModified;
    private final boolean offersCrc64;
    private final Attributes attributes;

    FileObject(
            String key,
            Path path,
            long size,
            String etag,
            Instant lastModified,
            boolean offersCrc64,
            Attributes attributes) {
        this.key = key;
        this.path = path;
        this.size = size;
        this.etag = etag;
        this.lastModified = lastModified;
        this.offersCrc64 = offersCrc64;
        this.attributes = attributes;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public long size() {
        return size;
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
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public FileObject with(Attributes other) {
        return new FileObject(key, path, size, etag, lastModified, offersCrc64, other);
    }

    @Override
    public boolean offersCrc64() {
        return offersCrc64;
    }

    @Override
    public ObjectBody open() throws IOException {
        return open(path);
    }

    static ObjectBody open(Path file) throws IOException {
        return new Body(FileChannel.open(file, StandardOpenOption.READ));
    }

    private static final class Body implements ObjectBody {

        private final FileChannel file;

        Body(FileChannel file) {
            this.file = file;
        }

        @Override
        public void fill(long offset, ByteBuffer dst) throws IOException {
            long at = offset;
            while (dst.hasRemaining()) {
                int read = file.read(dst, at);
                if (read < 0) {
                    throw new EOFException("the file was cut to " + at + " bytes while it was being sent");
                }
                at += read;
            }
        }

        @Override
        public ReferenceCounted slice(ByteBufAllocator allocator, long offset, int length) {
            return new SharedFileRegion(file, offset, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** A region that leaves its file open: one descriptor serves a whole reply, so it cannot mix two versions. */
    private static final class SharedFileRegion extends DefaultFileRegion {

        SharedFileRegion(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {}
    }
}
