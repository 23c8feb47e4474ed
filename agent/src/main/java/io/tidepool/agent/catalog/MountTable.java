package io.tidepool.agent.catalog;

import io.tidepool.agent.chunk.ObjectVersion;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The top-level directories, and the way from paths to keys. Immutable. */
final class MountTable {
    private final SortedMap<String, Mounted> byName = new TreeMap<>();

    MountTable(List<Mounted> mounts) {
        for (Mounted mounted : mounts) {
            if (byName.put(mounted.name(), mounted) != null) {
                throw new IllegalArgumentException("two mounts are named " + mounted.name());
            }
        }
    }

    Collection<Mounted> all() {
        return byName.values();
    }

    /** The place of an absolute path; null if none of ours can have that name. Not for the root. */
    @Nullable
    Place find(String path) {
        String[] components = path.substring(1).split("/", -1);
        Mounted mounted = byName.get(components[0]);
        if (mounted == null) {
            return null;
        }
        for (String component : components) {
            if (Names.whyHidden(component) != null) {
                return null;
            }
        }
        String key = mounted.prefix() + path.substring(Math.min(path.length(), components[0].length() + 2));
        return Names.utf8Length(key) > Names.MAX_KEY_BYTES ? null : new Place(mounted, key);
    }

    /** The paths under which a version is seen. */
    List<String> paths(ObjectVersion version) {
        return byName.values().stream()
                .filter(m -> m.origin().name().equals(version.origin())
                        && version.key().startsWith(m.prefix()))
                .map(m -> Place.path(m, version.key()))
                .toList();
    }
}
