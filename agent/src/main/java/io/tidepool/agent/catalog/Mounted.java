package io.tidepool.agent.catalog;

import io.tidepool.agent.origin.Origin;

/**
 * A top-level directory of the mount: a bucket, or a prefix of one.
 *
 * @param name of the directory
 * @param origin closed by whoever opened it
 * @param prefix of the keys: empty, or ending in {@code /}
 * @param immutable whether a key never gets another content, so that opening needs no look at the origin
 */
public record Mounted(String name, Origin origin, String prefix, Policy policy, boolean immutable) {
    /** @throws IllegalArgumentException in one line that an operator understands */
    public Mounted {
        if (Names.whyHidden(name) != null || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("\"" + name + "\" can't be the name of a directory");
        }
        if (!prefix.isEmpty() && (!prefix.endsWith("/") || prefix.startsWith("/"))) {
            throw new IllegalArgumentException(
                    "prefix \"" + prefix + "\" of " + name + " must end in a slash and not begin with one");
        }
    }
}
