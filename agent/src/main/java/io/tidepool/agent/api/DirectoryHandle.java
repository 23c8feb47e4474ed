package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.DirectoryPage;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.fuse.DirectorySink;
import io.tidepool.fuse.FileKind;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: holds one page of its listing, whatever its size.
 *
 * <p>A cookie is the number of entries before it. The kernel goes forward; a step back before the page (rewinddir) begins
 * the listing anew. Not thread-safe: calls on one handle don't overlap.
 */
final class DirectoryHandle {
    private static final int PAGE_ENTRIES = 1000;

    private final String path;
    private final Catalog catalog;
    private final Inodes inodes;
    private @Nullable DirectoryPage page;
    private long pageStart;

    DirectoryHandle(String path, Catalog catalog, Inodes inodes) {
        this.path = path;
        this.catalog = catalog;
        this.inodes = inodes;
    }

    String path() {
        return path;
    }

    void list(long cookie, DirectorySink sink) throws ChunkException, InterruptedException {
        DirectoryPage current = page;
        if (current == null || cookie < pageStart || cookie == 0) {
            current = load(null, 0);
        }
        long index = cookie;
        while (true) {
            while (index - pageStart < current.children().size()) {
                DirectoryPage.Child child = current.children().get((int) (index - pageStart));
                if (!add(child, index + 1, sink)) {
                    return;
                }
                index++;
            }
            String next = current.next();
            if (next == null) {
                return;
            }
            current = load(next, pageStart + current.children().size());
        }
    }

    private DirectoryPage load(@Nullable String after, long start) throws ChunkException, InterruptedException {
        DirectoryPage loaded = catalog.list(path, after, PAGE_ENTRIES);
        page = loaded;
        pageStart = start;
        return loaded;
    }

    private boolean add(DirectoryPage.Child child, long nextCookie, DirectorySink sink) {
        CatalogEntry entry = child.entry();
        FileKind kind = entry instanceof CatalogEntry.Directory ? FileKind.DIRECTORY : FileKind.FILE;
        return sink.add(child.name(), inodes.numberOf(entry), kind, nextCookie);
    }
}
