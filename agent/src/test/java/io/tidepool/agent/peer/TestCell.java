package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.stack.ProtocolStack;
import org.jspecify.annotations.Nullable;

/** Hosts of a cell in one JVM, each on a loopback address of its own, a, b, c…; the port is the same for all. */
final class TestCell {
    /** Far above what anything here takes. */
    static final Duration LIMIT = Duration.ofSeconds(40);

    final int port;
    final Metrics metrics = new Metrics();
    private final List<InetSocketAddress> hosts = new ArrayList<>();
    private final Map<String, Membership> running = new ConcurrentHashMap<>();
    private final Map<String, DISCARD> discards = new LinkedHashMap<>();

    TestCell(int hostCount) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = probe.getLocalPort();
        }
        for (int i = 0; i < hostCount; i++) {
            hosts.add(new InetSocketAddress(address(i), port));
        }
    }

    private static InetAddress address(int index) {
        return InetAddress.ofLiteral("127.0.0." + (index + 1));
    }

    /** The name is one letter: the address follows from it. */
    Membership start(String name) throws Exception {
        return start(name, options(name, "test", MembershipOptions.MAX_HOSTS, null));
    }

    Membership start(String name, MembershipOptions options) throws Exception {
        Membership membership = Membership.start(options, host(name, options.address()), metrics(name));
        running.put(name, membership);
        return membership;
    }

    private Metrics metrics(String name) {
        return name.equals("a") ? metrics : new Metrics();
    }

    static PeerHost host(String name, InetAddress address) {
        return new PeerHost(
                name + "/00000000",
                "zone-" + name,
                new InetSocketAddress(address, 1000),
                new InetSocketAddress(address, 60_001));
    }

    MembershipOptions options(String name, String cell, int maxHosts, @Nullable SSLContext tls) {
        return new MembershipOptions(cell, address(name.charAt(0) - 'a'), port, hosts, "", maxHosts, tls);
    }

    /** Finds the others by a name. */
    MembershipOptions options(String name, String dns) {
        return new MembershipOptions(
                "test", address(name.charAt(0) - 'a'), port, List.of(), dns, MembershipOptions.MAX_HOSTS, null);
    }

    Membership get(String name) {
        return running.get(name);
    }

    /** Waits until each of {@code names} sees exactly these; returns how long that took. */
    Duration awaitView(String... names) throws InterruptedException {
        long start = System.nanoTime();
        for (String name : names) {
            await(
                    name + " sees " + Arrays.toString(names),
                    () -> names(get(name).view()).equals(Set.of(names)));
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    static Set<String> names(CellView view) {
        return view.hosts().stream().map(PeerHost::name).collect(Collectors.toSet());
    }

    /** As kill -9: its connections break, and it says no more. */
    void kill(String name) {
        silence(name);
        ((TCP) transport(name)).clearConnections(false);
    }

    /** As SIGSTOP, or a network that swallows all: its connections stay, and nothing goes through them. */
    DISCARD silence(String name) {
        return discard(name).discardAll(true);
    }

    void resume(String name) {
        discard(name).discardAll(false);
    }

    /** As if {@code leader} had suspected {@code name} and it had not answered in time; it doesn't hear of that. */
    void expel(String leader, String name) {
        GMS views = get(leader).channel().getProtocolStack().findProtocol(GMS.class);
        views.up(new Event(Event.SUSPECT, List.of(get(name).channel().getAddress())));
    }

    /** Drops what {@code at} gets from {@code others}. */
    void partition(String at, String... others) {
        for (String other : others) {
            Address ignored = get(other).channel().getAddress();
            discard(at).addIgnoreMember(ignored);
        }
    }

    void heal() {
        discards.values().forEach(DISCARD::resetIgnoredMembers);
    }

    private DISCARD discard(String name) {
        return discards.computeIfAbsent(name, any -> {
            DISCARD discard = new DISCARD();
            try {
                get(name).channel().getProtocolStack().insertProtocol(discard, ProtocolStack.Position.ABOVE, TP.class);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return discard;
        });
    }

    private TP transport(String name) {
        return get(name).channel().getProtocolStack().getTransport();
    }

    void close() throws InterruptedException {
        List<Thread> closers = running.values().stream()
                .map(each -> Thread.ofPlatform().start(each::close))
                .toList();
        for (Thread closer : closers) {
            closer.join();
        }
    }
}
