package io.tidepool.agent.catalog;

/**
 * Where a path below a mount leads.
 *
 * @param key of the object that the path means, if it means one; empty for the mount itself without a prefix
 */
record Place(Mounted mounted, String key) {
    boolean isMount() {
        return key.isEmpty() || key.equals(mounted.prefix());
    }

    /** The prefix of everything below, if the path means a directory. */
    String prefix() {
        return isMount() ? mounted.prefix() : key + "/";
    }

    String origin() {
        return mounted.origin().name();
    }

    /** The path of a key of this mount. */
    static String path(Mounted mounted, String key) {
        String below = key.substring(mounted.prefix().length());
        return "/" + mounted.name() + (below.isEmpty() ? "" : "/" + below);
    }
}
