package io.tidepool.agent.origin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidepool.agent.chunk.ObjectInfo;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pages of a directory in the order in which a bucket lists, where {@code a-b} comes before what lies under {@code a/}.
 *
 * <p>The file system gives names in no order, so each page needs all of them; the sorted names of directories that are
 * being listed are kept for some seconds, a bounded number of them, or 100,000 files would be sorted 100 times.
 * Thread-safe.
 */
final class DirectoryListing {
    private static final Duration KEEP = Duration.ofSeconds(5);
    private static final long KEPT_NAMES = 500_000;

    private final DirectoryFiles files;
    private final Cache<Path, List<String>> sortedNames = Caffeine.newBuilder()
            .expireAfterWrite(KEEP)
            .maximumWeight(KEPT_NAMES)
            .weigher((Path directory, List<String> names) -> 1 + names.size())
            .build();

    DirectoryListing(DirectoryFiles files) {
        this.files = files;
    }

    ListPage page(String prefix, boolean delimited, @Nullable String after, int limit) throws IOException {
        Page page = new Page(delimited, after, limit);
        // A first page shows what is there now.
        walk(prefix, page, after == null);
        return page.result();
    }

    private static final class Page {
        private final boolean delimited;
        private final @Nullable String after;
        private final int limit;
        private final List<ObjectInfo> objects = new ArrayList<>();
        private final List<String> prefixes = new ArrayList<>();
        private @Nullable String last;
        private boolean truncated;

        private Page(boolean delimited, @Nullable String after, int limit) {
            this.delimited = delimited;
            this.after = after;
            this.limit = limit;
        }

        /** Whether {@code key}, or when it ends in a slash something under it, belongs behind the last page. */
        private boolean wants(String key) {
            return after == null
                    || KeyOrder.INSTANCE.compare(key, after) > 0
                    || (!delimited && key.endsWith("/") && after.startsWith(key));
        }

        /** Whether there was room for one more. */
        private boolean hasRoom() {
            truncated |= isFull();
            return !truncated;
        }

        private boolean isFull() {
            return objects.size() + prefixes.size() == limit;
        }

        private ListPage result() {
            return new ListPage(List.copyOf(objects), List.copyOf(prefixes), truncated ? last : null);
        }
    }

    private void walk(String prefix, Page page, boolean fresh) throws IOException {
        Path directory = files.find(prefix);
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        if (!prefix.isEmpty()) {
            mark(prefix, directory, page);
            if (page.isFull()) {
                // Looking whether a directory exists must not sort it.
                page.truncated = true;
                return;
            }
        }
        for (String name : names(directory, fresh)) {
            String key = prefix + name;
            if (page.wants(key)) {
                add(key, page);
            }
            if (page.truncated) {
                return;
            }
        }
    }

    /** Lists the directory itself as an empty object, as buckets mark theirs: else an empty one would not exist. */
    private void mark(String prefix, Path directory, Page page) throws IOException {
        ObjectInfo marker = files.marker(prefix, directory);
        if ((page.after == null || KeyOrder.INSTANCE.compare(prefix, page.after) > 0) && page.hasRoom()) {
            page.objects.add(marker);
            page.last = prefix;
        }
    }

    private void add(String key, Page page) throws IOException {
        if (!key.endsWith("/")) {
            Path file = files.find(key);
            ObjectInfo info = file == null ? null : files.info(key, file);
            if (info != null && page.hasRoom()) {
                page.objects.add(info);
                page.last = key;
            }
        } else if (!page.delimited) {
            walk(key, page, page.after == null);
        } else if (files.find(key) != null && page.hasRoom()) {
            page.prefixes.add(key);
            page.last = key;
        }
    }

    /** Sorted; those of directories end in a slash. */
    private List<String> names(Path directory, boolean fresh) throws IOException {
        List<String> kept = fresh ? null : sortedNames.getIfPresent(directory);
        if (kept != null) {
            return kept;
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                names.add(Files.isDirectory(entry) ? name + "/" : name);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(KeyOrder.INSTANCE);
        sortedNames.put(directory, names);
        return names;
    }
}
