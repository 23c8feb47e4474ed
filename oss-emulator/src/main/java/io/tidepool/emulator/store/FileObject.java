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

/** A file of the object directory; sent with sendfile. */
public final class FileObject implements StoredObject {

    private final Facts facts;
    private final Path path;

    FileObject(Facts facts, Path path) {
        this.facts = facts;
        this.path = path;
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public FileObject with(Attributes other) {
        return new FileObject(facts.with(other), path);
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
