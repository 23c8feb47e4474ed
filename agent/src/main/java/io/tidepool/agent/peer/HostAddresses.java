package io.tidepool.agent.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.protocols.dns.DNSResolver;
import org.jgroups.stack.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks a name up as everything else on this host does. JGroups' own way goes through JNDI. */
final class HostAddresses implements DNSResolver {
    private static final Logger log = LoggerFactory.getLogger(HostAddresses.class);

    @Override
    public List<Address> resolveIps(String name, DNSRecordType type) {
        try {
            return Stream.of(InetAddress.getAllByName(name))
                    .<Address>map(ip -> new IpAddress(ip, 0))
                    .toList();
        } catch (UnknownHostException e) {
            log.debug("no hosts under {}", name);
            return List.of();
        }
    }
}
