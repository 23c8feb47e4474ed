package io.tidepool.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The cache directory as this agent's own, from {@link #claim} to {@link #close}, and what its last owner left in it.
 *
 * <pre>
 * DIR/LOCK                     locked by the running agent; holds its pid
 * DIR/STATE                    format, the kernel's boot id, and whether the last stop was clean
 * DIR/index/                   RocksDB
 * DIR/objects/ab/ab….chunks    one sparse file per object version
 * </pre>
 *
 * <p>STATE answers one question: may the chunks that the index names be believed without reading them? Yes if the kernel
 * still runs that ran when they were written (the page cache outlives a killed process), or if the last owner stopped
 * cleanly, which includes a syncfs.
 */
final class CacheDirectory implements AutoCloseable {
    private static final String FORMAT = "1";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path directory;
    private final String bootId;
    private final PosixFile lock;
    private final boolean trusted;
    private final boolean clean;
    private boolean suspect;
    private boolean closed;

    private CacheDirectory(Path directory, String bootId, PosixFile lock, Map<String, String> state) {
        this.directory = directory;
        this.bootId = bootId;
        this.lock = lock;
        this.clean = Boolean.parseBoolean(state.get("clean"));
        this.trusted = clean || bootId.equals(state.get("boot"));
    }

    /** The running kernel's boot id. */
    static String currentBootId() throws CacheDirectoryException {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new CacheDirectoryException("can't read " + BOOT_ID + " (" + e.getMessage() + ")", e);
        }
    }

    /** Makes the directory if need be and locks it. */
    static CacheDirectory claim(Path directory, String bootId) throws CacheDirectoryException {
        PosixFile lock;
        try {
            makeDirectory(directory);
            makeDirectory(directory.resolve("objects"));
            lock = PosixFile.open(directory.resolve("LOCK"), true);
        } catch (FileAlreadyExistsException e) {
            throw new CacheDirectoryException("cache directory " + directory + ": " + e.getFile() + " is a file", e);
        } catch (IOException e) {
            throw new CacheDirectoryException("cache directory " + directory + " can't be used: " + text(e), e);
        }
        try {
            takeLock(directory, lock);
            return new CacheDirectory(directory, bootId, lock, readState(directory));
        } catch (CacheDirectoryException e) {
            lock.close();
            throw e;
        }
    }

    private static void makeDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
            Files.createDirectories(path, ownerOnly);
        }
    }

    private static void takeLock(Path directory, PosixFile lock) throws CacheDirectoryException {
        Path path = directory.resolve("LOCK");
        try {
            if (!lock.tryLock()) {
                throw new CacheDirectoryException(
                        "cache directory " + directory + " is in use by another agent (pid "
                                + Files.readString(path).strip()
                                + "): stop it, or give this agent a directory of its own",
                        null);
            }
            Files.writeString(path, ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            throw new CacheDirectoryException("cache directory " + directory + " can't be locked: " + text(e), e);
        }
    }

    private static Map<String, String> readState(Path directory) throws CacheDirectoryException {
        Map<String, String> state = new HashMap<>();
        Path path = directory.resolve("STATE");
        if (Files.exists(path)) {
            try {
                for (String line : Files.readString(path).lines().toList()) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        state.put(line.substring(0, equals), line.substring(equals + 1));
                    }
                }
            } catch (IOException e) {
                throw new CacheDirectoryException("can't read " + path + ": " + text(e), e);
            }
            String format = state.get("format");
            if (format != null && !format.equals(FORMAT)) {
                throw new CacheDirectoryException(
                        "cache directory " + directory + " has format " + format + ", this agent needs " + FORMAT
                                + ": empty the directory, or give this agent another one",
                        null);
            }
        }
        return state;
    }

    /** Whether chunks that the index names may be believed without reading them. */
    boolean trusted() {
        return trusted;
    }

    /** Whether the last owner stopped cleanly, so that there is nothing to tidy up. */
    boolean clean() {
        return clean;
    }

    Path path() {
        return directory;
    }

    Path index() {
        return directory.resolve("index");
    }

    Path objects() {
        return directory.resolve("objects");
    }

    /** From now on only the same boot makes the chunks believable. */
    synchronized void markRunning() throws IOException {
        writeState(false);
    }

    /** Waits until all is on the device, then says that the stop was clean, unless the index is suspect. */
    void markClean() throws IOException {
        try (PosixFile root = PosixFile.openDirectory(directory)) {
            root.syncFileSystem();
        }
        synchronized (this) {
            if (!suspect) {
                writeState(true);
            }
        }
    }

    /** The index may name chunks that are not there: the next owner must check them all. Needs no disk space. */
    synchronized void markSuspect() throws IOException {
        if (!closed) {
            suspect = true;
            Files.deleteIfExists(directory.resolve("STATE"));
        }
    }

    /** Says so again, in case that failed. */
    synchronized void retrySuspect() throws IOException {
        if (suspect) {
            markSuspect();
        }
    }

    private void writeState(boolean cleanStop) throws IOException {
        Path target = directory.resolve("STATE");
        Path next = directory.resolve("STATE.next");
        String text = "format=" + FORMAT + "\nboot=" + bootId + "\nclean=" + cleanStop + "\n";
        Files.deleteIfExists(next);
        try (PosixFile file = PosixFile.open(next, true);
                PosixFile root = PosixFile.openDirectory(directory)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            file.write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), 0);
            file.sync();
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            root.sync();
        }
    }

    private static String text(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            // The directories above were made or are there: it is the file system that takes none.
            case NoSuchFileException none -> none.getFile() + ": nothing can be made there";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** Lets another agent have the directory. */
    @Override
    public synchronized void close() {
        closed = true;
        lock.close();
    }
}
