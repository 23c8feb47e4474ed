package io.tidepool.agent.origin;

import java.security.Security;

/** How long this process believes what it knows of host names. */
public final class HostNames {
    private HostNames() {}

    /**
     * Sets it, before the first name is looked up: a name that could not be looked up is asked for again after a second,
     * not ten, so that reads resume soon after DNS does; and while DNS is away, addresses that were good are used for a
     * day.
     */
    public static void configure() {
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        Security.setProperty("networkaddress.cache.stale.ttl", "86400");
    }
}
