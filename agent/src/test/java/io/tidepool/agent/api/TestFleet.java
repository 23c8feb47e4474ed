package io.tidepool.agent.api;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Agents a, b, c… of one cell and one origin, each with its control port, that don't share chunks: only what asks all. */
public final class TestFleet implements AutoCloseable {
    public static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

    private final List<TestAgent> agents = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<PeerHost> hosts = new ArrayList<>();
    private final Map<PeerHost, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final List<PeerHost> gone = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();

    public TestFleet(Path directory, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String name = String.valueOf((char) ('a' + i));
            int index = i;
            Cell cell = new Cell("test", () -> view(index), host -> Optional.of(SINCE), this::channel);
            TestAgent agent = new TestAgent(directory.resolve(name), directory.resolve("origin"), cell);
            agents.add(agent);
            Server server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create())
                    .addService(ServerInterceptors.intercept(agent.cellService, new CountCalls()))
                    .build()
                    .start();
            servers.add(server);
            InetSocketAddress data = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7480);
            InetSocketAddress control = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
            hosts.add(new PeerHost(name + "/00000000", "zone-" + name, data, control));
        }
    }

    private synchronized CellView view(int index) {
        List<PeerHost> alive = new ArrayList<>(hosts);
        alive.removeAll(gone);
        return new CellView(hosts.get(index), alive);
    }

    private ManagedChannel channel(PeerHost host) {
        return channels.computeIfAbsent(
                host,
                any -> NettyChannelBuilder.forAddress(host.control(), InsecureChannelCredentials.create())
                        .build());
    }

    public TestAgent get(int index) {
        return agents.get(index);
    }

    /** It answers no more, and others don't know it yet. */
    public void kill(int index) {
        servers.get(index).shutdownNow();
    }

    /** Others know that it is gone. */
    synchronized void leave(int index) {
        gone.add(hosts.get(index));
    }

    /** All agents' origin: one object. */
    public void put(String key, long version, long size) throws Exception {
        agents.getFirst().put(key, version, size);
    }

    /** Of all hosts' control ports. */
    int callsRunning() {
        return running.get();
    }

    private final class CountCalls implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            running.incrementAndGet();
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onCancel() {
                    running.decrementAndGet();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    running.decrementAndGet();
                    super.onComplete();
                }
            };
        }
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        agents.forEach(TestAgent::close);
    }
}
