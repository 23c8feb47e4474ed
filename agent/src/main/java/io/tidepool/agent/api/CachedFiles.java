package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskTier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What is cached, by the paths that it is shown under. Never asks an origin. Thread-safe. */
final class CachedFiles {
    private final Catalog catalog;
    private final DiskTier disk;

    /**
     * One cached version.
     *
     * @param paths under which mounts show it; none if none does any more
     */
    record CachedFile(List<String> paths, CachedVersion cached) {
        ObjectVersion version() {
            return cached.version();
        }

        /** For people: a path, or else what it is in its origin. */
        String name() {
            return paths.isEmpty() ? version().toString() : paths.getFirst();
        }
    }

    CachedFiles(Catalog catalog, DiskTier disk) {
        this.catalog = catalog;
        this.disk = disk;
    }

    /**
     * The cached, pinned and quarantined versions that the paths stand for, in the order of their names; "/" stands for
     * all, also for those that no mount shows.
     */
    List<CachedFile> under(List<String> paths) throws ChunkException {
        List<Predicate<String>> selections = new ArrayList<>();
        boolean all = false;
        for (String path : paths) {
            selections.add(PathExpander.selects(path));
            all |= path.equals("/");
        }
        boolean everything = all;
        return Stream.concat(disk.versions().stream(), quarantined())
                .map(cached -> new CachedFile(catalog.paths(cached.version()), cached))
                .filter(file -> everything
                        || file.paths().stream()
                                .anyMatch(path -> selections.stream().anyMatch(selects -> selects.test(path))))
                .sorted(Comparator.comparing(CachedFile::name))
                .toList();
    }

    /** Those that {@link DiskTier#versions} doesn't tell: it tells what is pinned, and of a quarantined one nothing is cached. */
    private Stream<CachedVersion> quarantined() {
        return disk.quarantined().stream()
                .filter(version -> !disk.isPinned(version))
                .map(version -> new CachedVersion(version, 0, Instant.EPOCH, false, false));
    }
}
