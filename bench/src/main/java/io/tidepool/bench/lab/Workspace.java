package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.cli.Units;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A temporary directory and what runs in it. Whatever ends the command (its last line, a failure, Ctrl-C, SIGTERM), what
 * was {@link #own}ed is closed, last first, and then the directory is deleted. What a command that was killed could not
 * clean up, the next one does.
 *
 * <p>Thread-safe.
 */
public final class Workspace implements AutoCloseable {
    private static final int INTERRUPTED = 130;

    private final Path directory;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Thread user = Thread.currentThread();
    private final Thread hook = new Thread(this::onShutdown, "workspace-cleanup");
    private volatile boolean interrupted;
    private boolean closed;

    private Workspace(Path directory) {
        this.directory = directory;
    }

    /** Something to do in a workspace. */
    @FunctionalInterface
    public interface Work {
        void run(Workspace workspace) throws Exception;
    }

    /**
     * Does {@code work} in a new directory, and cleans up after it.
     *
     * @param name what the directory's name starts with
     * @param parent where it shall be; null: the system's place for temporary files
     * @param freeBytes what the work needs there
     * @return an exit code: 0, or 130 if somebody ended this process meanwhile
     * @throws CommandFailure if there is no such directory to be had, or the work failed
     */
    public static int with(String name, @Nullable Path parent, long freeBytes, Work work) throws InterruptedException {
        try (Workspace workspace = create(name, parent, freeBytes)) {
            try {
                work.run(workspace);
                return 0;
            } catch (CommandFailure e) {
                if (!workspace.interrupted) {
                    throw e;
                }
            } catch (Exception e) {
                if (!workspace.interrupted) {
                    throw new CommandFailure(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
                }
            }
            return INTERRUPTED;
        }
    }

    private static Workspace create(String name, @Nullable Path parent, long freeBytes) {
        Path place = parent == null ? Path.of(System.getProperty("java.io.tmpdir")) : parent;
        try {
            long free = Files.getFileStore(place).getUsableSpace();
            if (free < freeBytes) {
                throw new CommandFailure(
                        "needs " + Units.bytes(freeBytes) + " of free space in " + place + ", which has "
                                + Units.bytes(free) + ": choose a smaller --size, or another place with --dir");
            }
            Leftovers.sweep(place);
            Path directory = Files.createTempDirectory(place, name + Leftovers.owner() + "-");
            Workspace workspace = new Workspace(directory.toRealPath());
            Runtime.getRuntime().addShutdownHook(workspace.hook);
            return workspace;
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no directory " + place, e);
        } catch (IOException e) {
            throw new CommandFailure("can't make a directory in " + place + ": " + e.getMessage(), e);
        }
    }

    /** Without symbolic links. */
    public Path directory() {
        return directory;
    }

    /** Closes {@code resource} with this workspace; at once if this is closed already, as after Ctrl-C. */
    public <T extends AutoCloseable> T own(T resource) {
        synchronized (this) {
            if (!closed) {
                owned.push(resource);
                return resource;
            }
        }
        close(resource);
        throw new CommandFailure("interrupted");
    }

    @Override
    public void close() {
        cleanUp();
        if (!interrupted) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void onShutdown() {
        interrupted = true;
        user.interrupt();
        cleanUp();
    }

    /** Whoever comes second waits for the first: the JVM must not end halfway. */
    private synchronized void cleanUp() {
        closed = true;
        while (!owned.isEmpty()) {
            close(owned.pop());
        }
        if (Files.exists(directory)) {
            delete(directory);
        }
    }

    private static void close(AutoCloseable resource) {
        // An interrupt is meant for the work, not for its cleaning up.
        boolean wasInterrupted = Thread.interrupted();
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("tidepool: while cleaning up: " + e.getMessage());
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Deletes a directory and what is in it. Never goes into a mount: deleting there could delete from a bucket. */
    public static void delete(Path directory) {
        if (Mounts.isAnyBelow(directory)) {
            System.err.println("tidepool: left " + directory + " alone, because something is still mounted there;"
                    + " unmount it (fusermount3 -uz DIR), then delete it");
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                // The shutdown hook may delete what the work is just deleting.
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.err.println("tidepool: can't delete " + directory + ": " + e.getMessage());
        }
    }
}
