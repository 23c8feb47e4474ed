package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.DirectoryPage;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.fuse.DirectorySink;
import io.tidepool.fuse.FileKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: holds one page of its listing, whatever its size.
 *
 * <p>A cookie is a page's number and a place in the page. The kernel goes forward, but for a reader with a small buffer, or
 * {@code seekdir}, it comes back, perhaps to a page before; meanwhile names may have come and gone. So of each page there
 * is kept where it began, and for the last few a hash of each name: a page that is listed anew goes on behind the last name
 * before the cookie that is still there. Whatever exists throughout is thus given once.
 *
 * <p>Not thread-safe: calls on one handle don't overlap.
 */
final class DirectoryHandle {
    private static final int PAGE_ENTRIES = 1000;
    /** Of the bits of a cookie, those of the place in the page. */
    private static final int PLACE_BITS = 20;

    private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
    /** 4 KB each. Further back, a cookie counts names, as they are by then. */
    private static final int HASHED_PAGES = 64;

    private final String path;
    private final Catalog catalog;
    private final Inodes inodes;
    private final List<Seen> seen = new ArrayList<>();
    private @Nullable DirectoryPage page;
    private int number;

    /** What is remembered of a page. */
    private static final class Seen {
        /** The name after which it began. */
        private final @Nullable String after;
        /** Of its names, in order; null if that is long ago. */
        private int @Nullable [] hashes;

        private Seen(@Nullable String after, int[] hashes) {
            this.after = after;
            this.hashes = hashes;
        }
    }

    DirectoryHandle(String path, Catalog catalog, Inodes inodes) {
        this.path = path;
        this.catalog = catalog;
        this.inodes = inodes;
    }

    String path() {
        return path;
    }

    void list(long cookie, DirectorySink sink) throws ChunkException, InterruptedException {
        if (cookie == 0 || seen.isEmpty()) {
            seen.clear();
            load(0, null);
        }
        int place = seek(cookie);
        while (true) {
            DirectoryPage current = Objects.requireNonNull(page);
            for (; place < current.children().size(); place++) {
                if (!add(current.children().get(place), cookie(number, place + 1), sink)) {
                    return;
                }
            }
            String next = current.next();
            if (next == null) {
                return;
            }
            load(number + 1, next);
            place = 0;
        }
    }

    private static long cookie(int page, int place) {
        return (long) page << PLACE_BITS | place;
    }

    /** Makes the cookie's page the current one; the place in it to go on from. */
    private int seek(long cookie) throws ChunkException, InterruptedException {
        int wanted = (int) Math.min(cookie >>> PLACE_BITS, Integer.MAX_VALUE);
        int place = (int) cookie & PLACE_MASK;
        if (page != null && wanted == number) {
            return place;
        }
        if (wanted < seen.size()) {
            Seen before = seen.get(wanted);
            int[] hashes = before.hashes;
            DirectoryPage now = load(wanted, before.after);
            return hashes == null ? place : behind(hashes, place, hashes(now));
        }
        // A page before it was listed anew and ended elsewhere.
        DirectoryPage last = load(seen.size() - 1, seen.getLast().after);
        for (String next = last.next(); next != null && number < wanted; next = last.next()) {
            last = load(number + 1, next);
        }
        return number < wanted ? last.children().size() : place;
    }

    /** Where a page goes on that is {@code now} and held {@code hashes} when the first {@code place} were given. */
    private static int behind(int[] hashes, int place, int[] now) {
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < now.length; i++) {
            places.put(now[i], i);
        }
        for (int i = Math.min(place, hashes.length) - 1; i >= 0; i--) {
            Integer found = places.get(hashes[i]);
            if (found != null) {
                return found + 1;
            }
        }
        return 0;
    }

    private DirectoryPage load(int index, @Nullable String after) throws ChunkException, InterruptedException {
        DirectoryPage loaded = catalog.list(path, after, PAGE_ENTRIES);
        page = loaded;
        number = index;
        Seen now = new Seen(after, hashes(loaded));
        if (index == seen.size()) {
            seen.add(now);
        } else {
            seen.set(index, now);
            if (index + 1 < seen.size() && !Objects.equals(seen.get(index + 1).after, loaded.next())) {
                seen.subList(index + 1, seen.size()).clear();
            }
        }
        int old = index - HASHED_PAGES;
        if (old >= 0) {
            seen.get(old).hashes = null;
        }
        return loaded;
    }

    private static int[] hashes(DirectoryPage page) {
        return page.children().stream()
                .mapToInt(child -> child.name().hashCode())
                .toArray();
    }

    private boolean add(DirectoryPage.Child child, long nextCookie, DirectorySink sink) {
        CatalogEntry entry = child.entry();
        FileKind kind = entry instanceof CatalogEntry.Directory ? FileKind.DIRECTORY : FileKind.FILE;
        return sink.add(child.name(), inodes.numberOf(entry), kind, nextCookie);
    }
}
