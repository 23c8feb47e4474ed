package io.tidepool.agent.peer;

import java.net.InetSocketAddress;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCPPING;
import org.jgroups.util.Responses;

/** Finds members at listed hosts, whose names it looks up each time: they may not be known yet, and may move. */
final class StaticHosts extends TCPPING {
    private final List<InetSocketAddress> listed;

    StaticHosts(List<InetSocketAddress> listed) {
        this.listed = listed;
        setId(ClassConfigurator.getProtocolId(TCPPING.class)); // which others answer to
        initial_hosts_set_programmatically = true; // they are, at the first search
    }

    @Override
    public void findMembers(List<Address> members, boolean initial, Responses responses) {
        lookUp();
        super.findMembers(members, initial, responses);
    }

    private void lookUp() {
        setInitialHosts(listed.stream()
                .map(host -> host.isUnresolved() ? new InetSocketAddress(host.getHostString(), host.getPort()) : host)
                .filter(host -> !host.isUnresolved())
                .toList());
    }
}
