package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.DirectoryPage;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * From the paths of a request to the files that the origin has under them: files, directories with all that is in them, and
 * globs. Thread-safe.
 */
final class PathExpander {
    private static final int PAGE_ENTRIES = 1_000;

    private final Catalog catalog;
    private final int maxFiles;

    /** @param maxFiles of one request; some hundred bytes each */
    PathExpander(Catalog catalog, int maxFiles) {
        this.catalog = catalog;
        this.maxFiles = maxFiles;
    }

    /**
     * Each file once, in the order in which they were found.
     *
     * @throws ChunkException NOT_FOUND if one of the paths matches nothing, INVALID if there is no path or too much under one
     */
    List<CatalogEntry.File> files(List<String> paths) throws ChunkException, InterruptedException {
        if (paths.isEmpty()) {
            throw new ChunkException(Kind.INVALID, "no path given");
        }
        Walk walk = new Walk();
        for (String path : paths) {
            walk.add(path);
        }
        return List.copyOf(walk.files());
    }

    /** One request's walk through the directories. */
    private final class Walk {
        private final Map<String, CatalogEntry.File> found = new LinkedHashMap<>();

        private Collection<CatalogEntry.File> files() {
            return found.values();
        }

        private void add(String path) throws ChunkException, InterruptedException {
            CatalogEntry entry = catalog.lookup(RequestPath.of(path));
            if (entry != null) {
                addAll(entry);
            } else if (!PathGlob.isGlob(path)) {
                throw RequestPath.notFound("no such file or directory: " + path);
            } else {
                addMatches(path);
            }
        }

        private void addMatches(String path) throws ChunkException, InterruptedException {
            PathGlob glob = PathGlob.parse(path);
            if (!(catalog.lookup(glob.base()) instanceof CatalogEntry.Directory base) || !descend(base, glob)) {
                throw RequestPath.notFound("nothing matches " + path);
            }
        }

        private boolean descend(CatalogEntry.Directory directory, PathGlob glob)
                throws ChunkException, InterruptedException {
            return forEachChild(directory, child -> {
                if (glob.matches(child.path())) {
                    addAll(child);
                    return true;
                }
                return child instanceof CatalogEntry.Directory sub
                        && glob.reachesInto(child.path())
                        && descend(sub, glob);
            });
        }

        private void addAll(CatalogEntry entry) throws ChunkException, InterruptedException {
            switch (entry) {
                case CatalogEntry.File file -> addFile(file);
                case CatalogEntry.Directory directory ->
                    forEachChild(directory, child -> {
                        addAll(child);
                        return true;
                    });
            }
        }

        private void addFile(CatalogEntry.File file) throws ChunkException {
            found.put(file.path(), file);
            if (found.size() > maxFiles) {
                throw new ChunkException(
                        Kind.INVALID, "more than " + maxFiles + " files: name a part of them at a time");
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        boolean take(CatalogEntry child) throws ChunkException, InterruptedException;
    }

    /** True if one of the children was taken. */
    private boolean forEachChild(CatalogEntry.Directory directory, Step step)
            throws ChunkException, InterruptedException {
        boolean taken = false;
        String after = null;
        do {
            DirectoryPage page = catalog.list(directory.path(), after, PAGE_ENTRIES);
            for (DirectoryPage.Child child : page.children()) {
                taken |= step.take(child.entry());
            }
            after = page.next();
        } while (after != null);
        return taken;
    }

    /** Whether a cached file's path is one of those that {@code path} stands for: itself, under it, or matched by it. */
    static Predicate<String> selects(String path) throws ChunkException {
        String plain = RequestPath.of(path);
        PathGlob glob = PathGlob.isGlob(path) ? PathGlob.parse(path) : null;
        return file ->
                file.equals(plain) || file.startsWith(plain + "/") || (glob != null && matchesSelfOrParent(glob, file));
    }

    private static boolean matchesSelfOrParent(PathGlob glob, String file) {
        for (int end = file.length(); end > 0; end = file.lastIndexOf('/', end - 1)) {
            if (glob.matches(file.substring(0, end))) {
                return true;
            }
        }
        return false;
    }
}
