package io.tidepool.agent.read;

import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.Policy;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is read of one object version now, by all its handles, and what to bring ahead of it.
 *
 * <p>A model file (policy {@code model} or {@code file}) is streamed as a whole from the first read past its header on:
 * listing tools and {@code safe_open} read headers only, and must not download a model. The kernel reads ahead too, so a
 * read counts as past the header only when it is further behind it than the kernel guesses ({@code speculationBytes}).
 * Everything else gets a window of chunks ahead of each sequential stream. Thread-safe.
 */
final class FileActivity {
    private static final Logger log = LoggerFactory.getLogger(FileActivity.class);
    private static final long UNKNOWN = Long.MAX_VALUE;
    /** A run shorter than a block may be a header, or a tensor read by itself: no window yet. */
    private static final long WINDOW_AFTER_BYTES = ChunkLayout.BLOCK_BYTES;

    private static final int MAX_WINDOW_CHUNKS = 4;

    private final CatalogEntry.File file;
    private final ModelGroup group;
    private final ReadAhead readAhead;
    private final Policy policy;
    private final Sequences sequences = new Sequences();

    private ModelFormat format;
    private boolean headerAsked;
    private long headerEnd = UNKNOWN;
    /** The end of the read furthest into the file, less what the kernel may have guessed. */
    private long demandEnd;

    private boolean streamed;
    private long lastWindow = -1;
    private int handles;

    FileActivity(CatalogEntry.File file, ModelGroup group, ReadAhead readAhead) {
        this.file = file;
        this.group = group;
        this.readAhead = readAhead;
        this.policy = file.mounted().policy();
        this.format = ModelFormat.of(file.path());
    }

    CatalogEntry.File file() {
        return file;
    }

    ModelGroup group() {
        return group;
    }

    synchronized void opened() {
        handles++;
    }

    /** True when the last handle is gone. */
    synchronized boolean closed() {
        return --handles == 0;
    }

    /** Notes a read that is about to happen. Quick: what it sets off runs on other threads. */
    void onRead(long offset, int length, int speculationBytes) {
        if (policy == Policy.OFF) {
            return;
        }
        long window = -1;
        long run;
        if (isStreamed()) {
            if (group.claimRetry() || group.isRefused()) {
                stream(offset);
            }
            return;
        }
        synchronized (this) {
            run = sequences.note(offset, length);
            long end = offset + length;
            demandEnd = Math.max(demandEnd, end - speculationBytes);
            if (isPastHeader(run)) {
                streamed = true;
            } else if (headerNeeded()) {
                headerAsked = true;
                readAhead.findHeaderEnd(this);
            } else if (!awaitsHeader()) {
                window = windowFor(end, run);
            }
        }
        if (window >= 0) {
            bringWindow(offset + length, run);
        } else if (isStreamed()) {
            stream(offset);
        }
    }

    private boolean streamsWhole() {
        return (policy == Policy.MODEL || policy == Policy.FILE) && format != ModelFormat.OTHER;
    }

    private boolean awaitsHeader() {
        return streamsWhole() && format != ModelFormat.OPAQUE;
    }

    private boolean headerNeeded() {
        return awaitsHeader() && !headerAsked;
    }

    private boolean isPastHeader(long run) {
        if (!streamsWhole()) {
            return false;
        }
        // Without a header to know of: the second sequential chunk.
        return format == ModelFormat.OPAQUE ? run > ChunkLayout.CHUNK_BYTES : demandEnd > headerEnd;
    }

    private synchronized boolean isStreamed() {
        return streamed;
    }

    /** Says where the tensors begin; streams if a reader is there already. */
    void headerEndsAt(long offset) {
        boolean start;
        synchronized (this) {
            headerEnd = offset;
            start = !streamed && demandEnd > headerEnd;
            streamed |= start;
        }
        if (start) {
            stream(offset);
        }
    }

    /** Says that the header can't be parsed: the file is taken for opaque. */
    synchronized void headerIsUnknown() {
        format = ModelFormat.OPAQUE;
    }

    private void stream(long offset) {
        if (!readAhead.stream(
                group, file, Math.min(offset, file.info().version().sizeBytes() - 1))) {
            synchronized (this) {
                // Too large, or refused by the disk: a window is all the help it can get.
                streamed = false;
                format = ModelFormat.OTHER;
            }
        }
    }

    /** A number that changes when the window has moved; negative for no window. */
    private long windowFor(long end, long run) {
        if (run < WINDOW_AFTER_BYTES) {
            return -1;
        }
        long window = end / ChunkLayout.CHUNK_BYTES * (MAX_WINDOW_CHUNKS + 1) + windowChunks(run);
        if (window == lastWindow) {
            return -1;
        }
        lastWindow = window;
        return window;
    }

    /** The window doubles while the stream goes on. */
    private static int windowChunks(long run) {
        return run < ChunkLayout.CHUNK_BYTES ? 1 : run < 4L * ChunkLayout.CHUNK_BYTES ? 2 : MAX_WINDOW_CHUNKS;
    }

    private void bringWindow(long end, long run) {
        ObjectVersion version = file.info().version();
        int first = ChunkLayout.chunkIndex(end) + 1;
        int last = Math.min(first + windowChunks(run), version.chunkCount());
        try {
            for (int index = first; index < last; index++) {
                readAhead.bring(version.chunk(index));
            }
        } catch (ChunkException e) {
            if (e.kind() != Kind.CORRUPT) {
                log.debug("no read-ahead of {}: {}", version, e.getMessage());
            }
        }
    }
}
