package io.tidepool.agent.disk;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A whole, verified cache file whose path another process may open and map; it keeps its name until {@link #close}.
 *
 * <p>Once lent, no hole is ever punched into the file, so whoever still has it open after the close reads right bytes.
 * Thread-safe.
 */
public final class LentFile implements AutoCloseable {
    private final CacheFile file;
    private final AtomicBoolean open = new AtomicBoolean(true);

    LentFile(CacheFile file) {
        this.file = file;
    }

    public Path path() {
        return file.path();
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            file.leave();
        }
    }
}
