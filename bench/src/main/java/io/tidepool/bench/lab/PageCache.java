package io.tidepool.bench.lab;

import java.io.IOException;
import java.nio.file.Path;

/** What the kernel keeps of files in memory. */
public final class PageCache {
    private PageCache() {}

    /**
     * Drops the clean pages of one file that nobody has mapped, of the whole file and no other (POSIX_FADV_DONTNEED, which
     * the JDK doesn't offer and dd does).
     */
    public static void drop(Path file) throws IOException, InterruptedException {
        run("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
    }

    /** Waits until what was written to this file system is on its disk, so that the writing doesn't slow what is measured next. */
    public static void flush(Path inFileSystem) throws IOException, InterruptedException {
        run("sync", "--file-system", inFileSystem.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("`" + String.join(" ", command) + "` failed");
        }
    }
}
