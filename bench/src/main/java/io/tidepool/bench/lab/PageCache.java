package io.tidepool.bench.lab;

import java.nio.file.Path;
import java.util.List;

/** What the kernel keeps of files in memory. */
public final class PageCache {
    private PageCache() {}

    /**
     * Drops the clean pages of one file that nobody has mapped, of the whole file and no other (POSIX_FADV_DONTNEED, which
     * the JDK doesn't offer and dd does).
     */
    public static void drop(Path file) {
        Commands.run(List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none"), "");
    }

    /** Waits until what was written to this file system is on its disk, so that the writing doesn't slow what is measured next. */
    public static void flush(Path inFileSystem) {
        Commands.run(List.of("sync", "--file-system", inFileSystem.toString()), "");
    }
}
