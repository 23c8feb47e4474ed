package io.tidepool.agent.catalog;

import io.tidepool.agent.catalog.DirectoryPage.Child;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.disk.LastKnown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names as far as they are known without the origin: those of objects that were asked for before (promise R6). */
final class KnownNames {
    private final LastKnown lastKnown;

    KnownNames(LastKnown lastKnown) {
        this.lastKnown = lastKnown;
    }

    /** Null if nothing is known of the place, which doesn't mean that there is nothing. */
    @Nullable
    CatalogEntry find(String path, Place place) {
        if (hasAnyUnder(place.origin(), place.prefix())) {
            return new CatalogEntry.Directory(path);
        }
        ObjectInfo info = object(place);
        return info == null ? null : new CatalogEntry.File(path, info, place.mounted());
    }

    @Nullable
    ObjectInfo object(Place place) {
        return lastKnown.get(place.origin(), place.key());
    }

    private boolean hasAnyUnder(String origin, String prefix) {
        return !lastKnown.page(origin, prefix, "", 1).isEmpty();
    }

    /** Keeps what the origin said of an object; writes only what is new. */
    void learn(Place place, @Nullable ObjectInfo info) {
        ObjectInfo known = object(place);
        if (info != null && !info.equals(known)) {
            lastKnown.put(info);
        } else if (info == null && known != null) {
            lastKnown.remove(place.origin(), place.key());
        }
    }

    /** The known children after {@code after}, which is a page's {@code next}; null if none is known at all. */
    @Nullable
    DirectoryPage list(Place place, @Nullable String after, int limit) {
        String origin = place.origin();
        String prefix = place.prefix();
        if (!hasAnyUnder(origin, prefix)) {
            return null;
        }
        List<Child> children = new ArrayList<>();
        String from = after == null ? prefix : successor(prefix + after);
        String last = null;
        while (true) {
            List<ObjectInfo> next = lastKnown.page(origin, prefix, from, 1);
            if (next.isEmpty()) {
                return new DirectoryPage(List.copyOf(children), null);
            }
            if (children.size() == limit) {
                return new DirectoryPage(List.copyOf(children), last);
            }
            ObjectInfo info = next.getFirst();
            String below = info.version().key().substring(prefix.length());
            int slash = below.indexOf('/');
            last = slash < 0 ? below : below.substring(0, slash + 1);
            from = last.isEmpty() ? prefix + "\0" : successor(prefix + last);
            add(children, place, last, info);
        }
    }

    private void add(List<Child> children, Place place, String nameOrDirectory, ObjectInfo info) {
        boolean isDirectory = nameOrDirectory.endsWith("/");
        String name = isDirectory ? nameOrDirectory.substring(0, nameOrDirectory.length() - 1) : nameOrDirectory;
        String path = Place.path(place.mounted(), place.prefix() + name);
        if (Names.whyHidden(name) != null) {
            return;
        }
        if (isDirectory) {
            children.add(new Child(name, new CatalogEntry.Directory(path)));
        } else if (!hasAnyUnder(place.origin(), place.prefix() + name + "/")) {
            children.add(new Child(name, new CatalogEntry.File(path, info, place.mounted())));
        }
    }

    /** The least key after {@code key}, or after everything under it if it ends in a slash. */
    private static String successor(String key) {
        // '0' follows '/' in ASCII.
        return key.endsWith("/") ? key.substring(0, key.length() - 1) + "0" : key + "\0";
    }
}
