package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local or NAS directory. Keys are paths relative to it; symbolic links are followed as long as they stay inside.
 *
 * <p>A version is a file's inode, modification time and size. The file is looked at before and after each piece that is
 * read, so a file that was replaced or written to is {@link Kind#STALE} and never mixed. What can't be seen: two writes
 * within one tick of the file system's clock (4 ms on ext4), and a program that sets the time back. Thread-safe.
 */
public final class DirectoryOrigin implements Origin {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryOrigin.class);

    private final String name;
    private final DirectoryFiles files;
    private final DirectoryListing listing;

    /**
     * @param name the configured one, which versions carry
     * @throws IllegalArgumentException in one line, if {@code root} is not a directory
     */
    public DirectoryOrigin(String name, Path root) {
        this.name = name;
        this.files = DirectoryFiles.open(name, root);
        this.listing = new DirectoryListing(files);
        String encoding = System.getProperty("sun.jnu.encoding", "");
        if (!encoding.equals("UTF-8")) {
            LOG.warn(
                    "origin {}: names beyond ASCII are hidden, for the locale's encoding is {}: start with LC_ALL=C.UTF-8",
                    name,
                    encoding);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        try {
            Path file = files.find(key);
            return file == null ? null : files.info(key, file);
        } catch (IOException e) {
            throw failure("head", key, e);
        }
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        try {
            return listing.page(prefix, delimited, after, limit);
        } catch (IOException e) {
            throw failure("list", prefix, e);
        }
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        String key = id.version().key();
        try {
            Path file = files.find(key);
            if (file == null) {
                throw stale(id.version());
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                land(channel, file, id, into);
            }
        } catch (NoSuchFileException e) {
            throw stale(id.version());
        } catch (IOException e) {
            throw failure("read", key, e);
        }
    }

    private void land(FileChannel channel, Path file, ChunkId id, Landing into)
            throws IOException, ChunkException, InterruptedException {
        checkUnchanged(file, id.version());
        byte[] piece = new byte[Math.min(ChunkLayout.BLOCK_BYTES, into.remaining())];
        while (into.remaining() > 0) {
            ByteBuffer wanted = ByteBuffer.wrap(piece, 0, Math.min(piece.length, into.remaining()));
            int count = channel.read(wanted, id.offset() + into.landed());
            checkUnchanged(file, id.version());
            if (count <= 0) {
                throw new ChunkException(
                        Kind.UNAVAILABLE, what("read", id.version().key()) + " ended early");
            }
            into.put(piece, count);
        }
    }

    private void checkUnchanged(Path file, ObjectVersion version) throws IOException, ChunkException {
        ObjectInfo now = files.info(version.key(), file);
        if (now == null || !now.version().equals(version)) {
            throw stale(version);
        }
    }

    private static ChunkException stale(ObjectVersion version) {
        return new ChunkException(
                Kind.STALE, "file " + Printable.text(version.key()) + " of " + version.origin() + " was replaced");
    }

    private ChunkException failure(String operation, String key, IOException e) throws InterruptedException {
        if (e instanceof ClosedByInterruptException && Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (e instanceof AccessDeniedException) {
            return new ChunkException(
                    Kind.ACCESS_DENIED, what(operation, key) + " is not allowed: check the file's owner and mode", e);
        }
        if (e instanceof NotDirectoryException) {
            return new ChunkException(Kind.NOT_DIRECTORY, what(operation, key) + " found a file", e);
        }
        return new ChunkException(
                Kind.UNAVAILABLE, what(operation, key) + " failed: " + e + "; check that the directory is mounted", e);
    }

    private String what(String operation, String key) {
        return operation + " of " + name + ":" + Printable.text(key);
    }

    @Override
    public void close() {
        // Files are open only while they are read.
    }
}
