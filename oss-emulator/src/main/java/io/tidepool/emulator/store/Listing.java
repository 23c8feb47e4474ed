package io.tidepool.emulator.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing, in UTF-8 order of keys and common prefixes together.
 *
 * @param next where the next page starts (exclusive): the last key or common prefix of this one; null on the last page
 */
public record Listing(
        List<StoredObject> objects,
        List<String> commonPrefixes,
        @Nullable String next) {

    public boolean truncated() {
        return next != null;
    }

    /** The entries behind {@code after} (exclusive); a common prefix as {@code after} skips everything under it. */
    public static Listing page(Bucket bucket, String prefix, String delimiter, String after, int maxEntries) {
        return new Scan(bucket, prefix, delimiter, after, maxEntries).run();
    }

    /** One pass over the keys that, at each common prefix, jumps behind it instead of walking what it holds. */
    private static final class Scan {
        private final Bucket bucket;
        private final String prefix;
        private final String delimiter;
        private final String after;
        private final int maxEntries;
        private final List<StoredObject> objects = new ArrayList<>();
        private final List<String> commonPrefixes = new ArrayList<>();
        private @Nullable String last;

        Scan(Bucket bucket, String prefix, String delimiter, String after, int maxEntries) {
            this.bucket = bucket;
            this.prefix = prefix;
            this.delimiter = delimiter;
            this.after = after;
            this.maxEntries = maxEntries;
        }

        Listing run() {
            Iterator<String> keys = bucket.keys(prefix, after);
            while (keys.hasNext()) {
                String key = keys.next();
                if (!key.startsWith(prefix)) {
                    break;
                }
                if (key.equals(after)) {
                    continue;
                }
                String group = commonPrefix(key);
                boolean listedBefore = !group.isEmpty() && group.equals(after);
                if (!listedBefore && objects.size() + commonPrefixes.size() == maxEntries) {
                    return new Listing(objects, commonPrefixes, last);
                }
                if (group.isEmpty()) {
                    addObject(key);
                } else {
                    if (!listedBefore) {
                        commonPrefixes.add(group);
                        last = group;
                    }
                    keys = bucket.keys(prefix, KeyOrder.after(group));
                }
            }
            return new Listing(objects, commonPrefixes, null);
        }

        private void addObject(String key) {
            bucket.find(key).ifPresent(object -> {
                objects.add(object);
                last = key;
            });
        }

        private String commonPrefix(String key) {
            int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            return at < 0 ? "" : key.substring(0, at + delimiter.length());
        }
    }
}
