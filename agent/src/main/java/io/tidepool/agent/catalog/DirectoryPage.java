package io.tidepool.agent.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a directory.
 *
 * @param children in the order of the origin's keys
 * @param next where to go on with {@link Catalog#list}, opaque; null if this was the last page
 */
public record DirectoryPage(List<Child> children, @Nullable String next) {
    /**
     * One name in the directory.
     *
     * @param name one component, without slash
     */
    public record Child(String name, CatalogEntry entry) {}
}
