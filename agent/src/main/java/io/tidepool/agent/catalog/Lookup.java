package io.tidepool.agent.catalog;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one look-up of a path.
 *
 * @param entry null: there is none
 */
record Lookup(@Nullable CatalogEntry entry, Source source, long keepNanos) implements Answers.Answer {
    /** Who gave it. */
    enum Source {
        ORIGIN,
        /** A page of a listing, which doesn't tell everything. */
        LISTING,
        /** What the origin said before, for now it is away; or because it can't say anything else (immutable). */
        LAST_KNOWN;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
