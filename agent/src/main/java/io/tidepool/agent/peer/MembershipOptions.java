package io.tidepool.agent.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a host finds its cell.
 *
 * @param cell the name of the cell; hosts of other cells don't exist for it
 * @param address to listen on, and that others reach it by
 * @param port the same
 * @param hosts where others may be, resolved or not; empty if {@code dns} says it
 * @param dns a name that stands for the addresses of all hosts, which have the same {@code port}; empty if {@code hosts}
 *     says it
 * @param maxHosts of the cell; those beyond, in the order of joining, are left out until one goes
 * @param tls both sides show a certificate that it trusts; null: none
 */
public record MembershipOptions(
        String cell,
        InetAddress address,
        int port,
        List<InetSocketAddress> hosts,
        String dns,
        int maxHosts,
        @Nullable SSLContext tls) {
    /** All beat for all: more hosts belong into several cells. */
    public static final int MAX_HOSTS = 512;

    public MembershipOptions {
        hosts = List.copyOf(hosts);
        if (hosts.size() > MAX_HOSTS || maxHosts > MAX_HOSTS) {
            throw new IllegalArgumentException("a cell has at most " + MAX_HOSTS + " hosts");
        }
    }

    /** Whether others look for this host where it is. */
    boolean isKnown() {
        return hosts.isEmpty()
                || hosts.stream()
                        .map(host -> new InetSocketAddress(host.getHostString(), host.getPort()))
                        .anyMatch(new InetSocketAddress(address, port)::equals);
    }
}
