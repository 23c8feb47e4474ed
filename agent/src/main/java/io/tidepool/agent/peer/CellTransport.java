package io.tidepool.agent.peer;

import java.util.Collection;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * TCP that keeps its connections when the view changes. JGroups' own closes those to hosts that aren't members: also to those
 * that are about to become members, whose request to join or to merge is under way, so that many hosts that start at once
 * keep each other out. Those that nobody uses are closed after some time in any case.
 */
final class CellTransport extends TCP {
    private static final int IDLE_MILLIS = 60_000;

    CellTransport() {
        setId(ClassConfigurator.getProtocolId(TCP.class)); // which others answer to
        setConnExpireTime(IDLE_MILLIS);
        setReaperInterval(IDLE_MILLIS / 2);
    }

    @Override
    public void retainAll(Collection<Address> members) {
        // See above.
    }
}
