package io.tidepool.agent.catalog;

import io.tidepool.agent.catalog.DirectoryPage.Child;
import io.tidepool.agent.catalog.OriginAccess.Patience;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.KeyOrder;
import io.tidepool.agent.origin.ListPage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One page of a directory, made from one page of keys: hides what can't be a file name, and counts it. Immutable. */
record Listing(OriginAccess access, Patience patience, Place place, Metrics metrics) {
    /** @param exists whether the origin has anything at all there, be it hidden */
    record Result(DirectoryPage page, boolean exists) {}

    Result page(@Nullable String after, int limit) throws ChunkException, InterruptedException {
        String from = after;
        boolean exists = false;
        while (true) {
            ListPage keys = keys(place.prefix(), from, limit);
            exists |= !keys.objects().isEmpty() || !keys.prefixes().isEmpty();
            List<Child> children = children(keys);
            from = keys.next() == null
                    ? null
                    : keys.next().substring(place.prefix().length());
            // A page on which everything is hidden is no answer to a reader who takes an empty one for the end.
            if (!children.isEmpty() || from == null) {
                return new Result(new DirectoryPage(children, from), exists);
            }
        }
    }

    private ListPage keys(String prefix, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        return access.call(patience, origin -> origin.list(prefix, true, after == null ? null : prefix + after, limit));
    }

    /** Objects and prefixes, merged into the order of keys. */
    private List<Child> children(ListPage keys) throws ChunkException, InterruptedException {
        List<Child> children =
                new ArrayList<>(keys.objects().size() + keys.prefixes().size());
        Set<String> prefixes = new HashSet<>(keys.prefixes());
        int p = 0;
        for (ObjectInfo info : keys.objects()) {
            String key = info.version().key();
            while (p < keys.prefixes().size()
                    && KeyOrder.INSTANCE.compare(keys.prefixes().get(p), key) < 0) {
                addDirectory(children, keys.prefixes().get(p++));
            }
            addFile(children, info, prefixes, keys.next());
        }
        while (p < keys.prefixes().size()) {
            addDirectory(children, keys.prefixes().get(p++));
        }
        return List.copyOf(children);
    }

    private void addDirectory(List<Child> children, String prefix) {
        String name = prefix.substring(place.prefix().length(), prefix.length() - 1);
        String why = Names.whyHidden(name);
        if (why == null) {
            children.add(new Child(name, new CatalogEntry.Directory(path(name))));
        } else {
            hidden(why);
        }
    }

    private void addFile(List<Child> children, ObjectInfo info, Set<String> prefixes, @Nullable String next)
            throws ChunkException, InterruptedException {
        String key = info.version().key();
        if (key.endsWith("/")) {
            // The mark of this directory itself; with data in it, it is an object that no file can show.
            if (info.version().sizeBytes() > 0) {
                hidden("ends_in_slash");
            }
            return;
        }
        String name = key.substring(place.prefix().length());
        String why = Names.whyHidden(name);
        if (why == null && isShadowed(key, prefixes, next)) {
            why = "shadowed";
        }
        if (why == null) {
            children.add(new Child(name, new CatalogEntry.File(path(name), info, place.mounted())));
        } else {
            hidden(why);
        }
    }

    /** Whether there is a directory of the same name, which may lie behind this page: {@code a}, {@code a-b}, {@code a/}. */
    private boolean isShadowed(String key, Set<String> prefixes, @Nullable String next)
            throws ChunkException, InterruptedException {
        String directory = key + "/";
        if (prefixes.contains(directory)) {
            return true;
        }
        if (next == null || KeyOrder.INSTANCE.compare(directory, next) <= 0) {
            return false;
        }
        ListPage below = keys(directory, null, 1);
        return !below.objects().isEmpty() || !below.prefixes().isEmpty();
    }

    private String path(String name) {
        return Place.path(place.mounted(), place.prefix() + name);
    }

    private void hidden(String reason) {
        metrics.increment(Metric.NAMES_HIDDEN, reason);
    }
}
