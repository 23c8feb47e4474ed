package io.tidepool.agent.peer;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.dns.DNS_PING;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.DiagnosticsHandler;
import org.jgroups.stack.Protocol;
import org.jgroups.util.DefaultThreadFactory;

/**
 * The protocols that find out who is alive, from the socket up.
 *
 * <p>No FD_SOCK2: the transport itself reports a connection that broke without a farewell, as a killed process leaves it.
 * That is the same watch without a second port, and TLS covers it. No flow control and no fragmentation: nobody sends
 * anything but these protocols' own messages, and without a bundler their size has no limit.
 */
final class CellStack {
    /** A host that says nothing for so long is suspected, and then asked once more. */
    private static final int SILENCE_MILLIS = 4_000;

    private static final int HEARTBEAT_MILLIS = 1_000;
    private static final int VERIFY_MILLIS = 1_000;
    /** Hosts that find each other again merge after about as long as this, or the half more. */
    private static final int MERGE_MILLIS = 3_000;

    private static final int JOIN_MILLIS = 1_000;
    /** Only as long as somebody answers who could let it in; a host that finds nobody begins a cell at once. */
    private static final int JOIN_TRIES = 20;

    private static final int LEAVE_MILLIS = 1_000;
    private static final int CONNECT_MILLIS = 1_000;
    /** Of each connection, and there are as many as hosts. */
    private static final int BUFFER_BYTES = 4 << 10;

    private CellStack() {}

    static List<Protocol> of(MembershipOptions options) throws Exception {
        return List.of(
                transport(options),
                options.dns().isEmpty() ? staticHosts(options) : headlessService(options),
                new MERGE3().setMaxInterval(MERGE_MILLIS).setMinInterval(MERGE_MILLIS / 3),
                new FD_ALL3().setTimeout(SILENCE_MILLIS).setInterval(HEARTBEAT_MILLIS),
                new VERIFY_SUSPECT2().setTimeout(VERIFY_MILLIS),
                new NAKACK2().useMcastXmit(false),
                new UNICAST3(),
                new STABLE(),
                new GMS()
                        .printLocalAddress(false)
                        .setJoinTimeout(JOIN_MILLIS)
                        .setMaxJoinAttempts(JOIN_TRIES)
                        .setLeaveTimeout(LEAVE_MILLIS));
    }

    private static TCP transport(MembershipOptions options) throws Exception {
        TCP tcp = new CellTransport();
        tcp.setBindAddr(options.address()).setBindPort(options.port()).setPortRange(0);
        tcp.setSockConnTimeout(CONNECT_MILLIS);
        tcp.tcpNodelay(true);
        tcp.logDetails(false);
        tcp.enableSuspectEvents(true);
        tcp.setBufferedInputStreamSize(BUFFER_BYTES).setBufferedOutputStreamSize(BUFFER_BYTES);
        tcp.logDiscardMsgs(false).setBundlerType("no-bundler");
        tcp.setThreadFactory(new DefaultThreadFactory("cell", true, true).useVirtualThreads(true));
        // By itself it would listen for questions on a port of its own.
        tcp.setDiagnosticsHandler(
                new DiagnosticsHandler(tcp.getLog(), tcp.getSocketFactory(), tcp.getThreadFactory()).setEnabled(false));
        SSLContext tls = options.tls();
        if (tls != null) {
            tcp.setSocketFactory(new TlsSockets(tls));
        }
        return tcp;
    }

    private static StaticHosts staticHosts(MembershipOptions options) {
        StaticHosts hosts = new StaticHosts(options.hosts());
        hosts.portRange(0).asyncDiscovery(true).asyncDiscoveryUseSeparateThread(true);
        return hosts;
    }

    private static DNS_PING headlessService(MembershipOptions options) {
        DNS_PING service = new DNS_PING().dnsQuery(options.dns()).dnsResolver(new HostAddresses());
        service.asyncDiscovery(true).asyncDiscoveryUseSeparateThread(true);
        return service;
    }
}
