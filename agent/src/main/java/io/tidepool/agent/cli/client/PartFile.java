package io.tidepool.agent.cli.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that appears under its name only when it is whole: it is written beside it as {@code NAME.part}, and removed if
 * anything goes wrong. What is no regular file ({@code /dev/null}, a pipe) is written as it is. Not thread-safe.
 */
final class PartFile implements AutoCloseable {
    private final Path target;
    private final Path written;
    private final OutputStream out;
    private final ExitHook hook;
    private boolean whole;

    PartFile(Path target) throws IOException {
        this.target = target;
        boolean special = Files.exists(target) && !Files.isRegularFile(target);
        this.written = special ? target : target.resolveSibling(target.getFileName() + ".part");
        try {
            this.out = Files.newOutputStream(written);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "no such directory: " + target.toAbsolutePath().getParent(), e);
        } catch (IOException e) {
            throw new IOException("can't write " + written + ": " + e.getMessage(), e);
        }
        this.hook = new ExitHook(this::discard);
    }

    OutputStream out() {
        return out;
    }

    /** Gives the file its name. */
    void commit() throws IOException {
        out.close();
        if (!written.equals(target)) {
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        whole = true;
    }

    private void discard() {
        if (!written.equals(target)) {
            try {
                Files.deleteIfExists(written);
            } catch (IOException e) {
                // The user is told of the failure that led here; a left-over part is the lesser one.
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            if (!whole) {
                discard();
            }
            hook.close();
        }
    }
}
