package io.tidepool.agent.cli;

import io.tidepool.agent.cli.config.PeersConfig;
import io.tidepool.agent.peer.MembershipOptions;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What the configuration's section {@code peers} means for each component, in the component's own terms. */
final class PeerOptions {
    private final PeersConfig config;
    private final InetAddress address;

    /** @throws IOException with one line, if the host has no address and the configuration names none */
    PeerOptions(PeersConfig config) throws IOException {
        this.config = config;
        this.address = config.address() == null ? ownAddress() : InetAddress.ofLiteral(config.address());
    }

    /** What others reach this host by, and what it listens on. */
    InetAddress address() {
        return address;
    }

    /** This agent in this life, as the others shall know it. */
    PeerHost self(int dataPort, int controlPort) throws IOException {
        String name = config.name() == null ? InetAddress.getLocalHost().getHostName() : config.name();
        String life = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return new PeerHost(
                name + "/" + life,
                config.zone(),
                new InetSocketAddress(address, dataPort),
                new InetSocketAddress(address, controlPort));
    }

    /** @param tls null: plaintext */
    MembershipOptions membership(@Nullable SSLContext tls) {
        // Names are looked up when they are needed: a host that is new may not be known yet.
        List<InetSocketAddress> hosts = config.hosts().stream()
                .map(host -> InetSocketAddress.createUnresolved(host.host(), host.port()))
                .toList();
        return new MembershipOptions(
                config.cell(), address, config.membershipPort(), hosts, config.dns(), MembershipOptions.MAX_HOSTS, tls);
    }

    private static InetAddress ownAddress() throws IOException {
        // In the order that the kernel made them: those of container runtimes come later.
        List<InetAddress> candidates = NetworkInterface.networkInterfaces()
                .filter(PeerOptions::isUp)
                .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .toList();
        return Stream.concat(candidates.stream().filter(InetAddress::isSiteLocalAddress), candidates.stream())
                .findFirst()
                .orElseThrow(() -> new IOException("this host has no address but loopback's: set peers.address"));
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
