package io.tidepool.agent.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command prints: answers to {@code out}, everything else to {@code err}.
 *
 * @param errIsTty whether a person sees {@code err} live, and so a progress bar makes sense
 */
public record Terminal(PrintStream out, PrintStream err, boolean errIsTty) {
    private static final int OUT_BUFFER = 1 << 16;

    /**
     * The process's own. Names are printed as UTF-8 whatever the locale says; {@code out} is buffered, so its user flushes
     * it.
     */
    public static Terminal system() {
        return new Terminal(
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUT_BUFFER),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                isTty(2));
    }

    /** System.console() can't tell one redirected descriptor from another. */
    private static boolean isTty(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
