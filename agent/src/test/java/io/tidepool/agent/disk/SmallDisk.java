package io.tidepool.agent.disk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tmpfs of a given size, until it is closed. Without root the test that wants one is skipped. */
public record SmallDisk(Path path) implements AutoCloseable {
    /** Makes the directory; {@code size} is as mount(8) takes it. */
    public static SmallDisk mount(Path directory, String size) throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: mounting a tmpfs needs root");
        Files.createDirectories(directory);
        Caches.run("mount", "-t", "tmpfs", "-o", "size=" + size, "tidepool-test", directory.toString());
        return new SmallDisk(directory);
    }

    /** What its files take, all at one moment, in bytes: holes don't count, deleted files do while they are open. */
    public long usedBytes() throws IOException {
        FileStore store = Files.getFileStore(path);
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    /** From now on it takes no writes. */
    public void makeReadOnly() throws IOException, InterruptedException {
        Caches.run("mount", "-o", "remount,ro", path.toString());
    }

    @Override
    public void close() throws IOException {
        try {
            Caches.run("umount", path.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
