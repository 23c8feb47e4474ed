package io.tidepool.agent.api;

import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.fuse.FileSystem;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The inode numbers that the kernel knows: one for each directory, and one for each (path, object version).
 *
 * <p>A new version is a new number, never an old one again: the kernel's page cache is per inode, so bytes of two versions
 * never meet. A number lives as long as the kernel's lookups of it are not all forgotten. Thread-safe.
 */
final class Inodes {
    private record Key(String path, @Nullable VersionId version) {}

    /** One inode. Immutable but for its count, which {@link Inodes} guards. */
    static final class Inode {
        private final long number;
        private final Key key;
        private final CatalogEntry entry;
        private final AtomicLong mismatchesSeen = new AtomicLong();
        private long lookups;

        private Inode(long number, Key key, CatalogEntry entry) {
            this.number = number;
            this.key = key;
            this.entry = entry;
        }

        long number() {
            return number;
        }

        String path() {
            return key.path();
        }

        CatalogEntry entry() {
            return entry;
        }

        /**
         * To be asked at each open: whether the pages that the kernel has of this inode may stay. A version that was wrong
         * and then fetched anew is the same version, thus the same inode, but its pages may be the wrong bytes.
         *
         * @param mismatches of all versions, up to now
         */
        boolean pagesAreGood(long mismatches) {
            return mismatchesSeen.getAndSet(mismatches) == mismatches;
        }
    }

    private final Map<Long, Inode> byNumber = new HashMap<>();
    private final Map<Key, Inode> byKey = new HashMap<>();
    private long lastNumber = FileSystem.ROOT;

    Inodes() {
        Inode root = new Inode(FileSystem.ROOT, new Key("/", null), new CatalogEntry.Directory("/"));
        root.lookups = 1; // The kernel never forgets the root.
        byNumber.put(root.number, root);
        byKey.put(root.key, root);
    }

    /** The inode of {@code entry}, made if need be, with one lookup more. */
    synchronized Inode lookup(CatalogEntry entry) {
        Inode inode = byKey.computeIfAbsent(keyOf(entry), key -> new Inode(++lastNumber, key, entry));
        byNumber.putIfAbsent(inode.number, inode);
        inode.lookups++;
        return inode;
    }

    /** The inode's number if the kernel knows it; else 0. */
    long numberOf(CatalogEntry entry) {
        return numberOf(keyOf(entry));
    }

    /** As {@link #numberOf(CatalogEntry)}, of a file. */
    long numberOf(String path, VersionId version) {
        return numberOf(new Key(path, version));
    }

    private synchronized long numberOf(Key key) {
        Inode inode = byKey.get(key);
        return inode == null ? 0 : inode.number;
    }

    synchronized @Nullable Inode get(long number) {
        return byNumber.get(number);
    }

    synchronized void forget(long number, long lookups) {
        Inode inode = byNumber.get(number);
        if (inode != null && number != FileSystem.ROOT) {
            inode.lookups -= lookups;
            if (inode.lookups <= 0) {
                byNumber.remove(number);
                byKey.remove(inode.key);
            }
        }
    }

    private static Key keyOf(CatalogEntry entry) {
        return switch (entry) {
            case CatalogEntry.File file ->
                new Key(file.path(), file.info().version().id());
            case CatalogEntry.Directory directory -> new Key(directory.path(), null);
        };
    }
}
