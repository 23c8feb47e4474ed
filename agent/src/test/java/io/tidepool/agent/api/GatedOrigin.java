package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.origin.DirectoryOrigin;
import io.tidepool.agent.origin.Landing;
import io.tidepool.agent.origin.ListPage;
import io.tidepool.agent.origin.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A directory whose chunks come when the test lets them, or fail as it wants; it notes what it was asked for. */
final class GatedOrigin implements Origin {
    static final int OPEN = 1_000_000;

    final List<ChunkId> reads = new CopyOnWriteArrayList<>();
    final List<String> heads = new CopyOnWriteArrayList<>();
    private final DirectoryOrigin directory;
    private final Semaphore gate = new Semaphore(OPEN);
    private volatile ChunkException.@Nullable Kind failure;
    private volatile ChunkException.@Nullable Kind readFailure;

    GatedOrigin(String name, Path root) {
        this.directory = new DirectoryOrigin(name, root);
    }

    /** From now on {@code chunks} more are read, then reads wait. */
    void allow(int chunks) {
        gate.drainPermits();
        gate.release(chunks);
    }

    void open() {
        gate.release(OPEN);
    }

    /** Fetching bytes fails so from now on; null: no more. */
    void failReads(ChunkException.@Nullable Kind kind) {
        readFailure = kind;
    }

    /** Every request fails so from now on; null: no more. */
    void fail(ChunkException.@Nullable Kind kind) {
        failure = kind;
    }

    private static void failIfWanted(ChunkException.@Nullable Kind kind) throws ChunkException {
        if (kind != null) {
            throw new ChunkException(kind, "as the test wants");
        }
    }

    @Override
    public String name() {
        return directory.name();
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        heads.add(key);
        failIfWanted(failure);
        return directory.head(key);
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        failIfWanted(failure);
        return directory.list(prefix, delimited, after, limit);
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        reads.add(id);
        failIfWanted(failure);
        failIfWanted(readFailure);
        gate.acquire();
        directory.read(id, into);
    }

    @Override
    public void close() {
        directory.close();
    }
}
