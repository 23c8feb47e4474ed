package io.tidepool.agent.api;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC server: a Unix socket, TCP where configured, with the standard health and reflection services.
 *
 * <p>Event loops only move bytes; every call's work runs on a virtual thread. Health is NOT_SERVING until {@link
 * #setServing}. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    /** gRPC warns, with a stack trace, whenever a client cancels a call that has bytes queued. Held: loggers are weak. */
    private static final java.util.logging.Logger GRPC_HANDLER =
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler");

    static {
        GRPC_HANDLER.setLevel(java.util.logging.Level.SEVERE);
    }

    private static final Duration GRACE = Duration.ofSeconds(2);
    /** Requests are small; a shell's expansion of many paths is the largest. */
    static final int MAX_REQUEST_BYTES = 256 << 10;

    private static final int MAX_METADATA_BYTES = 8 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 256;
    private static final int EVENT_LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoopGroup acceptor = eventLoops("grpc-accept", 1);
    private final EventLoopGroup eventLoops = eventLoops("grpc-io", EVENT_LOOPS);
    private final List<Server> servers = new ArrayList<>();
    private final List<BindableService> services;
    private final CallLimit callLimit;
    private @Nullable UnixSocket socket;

    private ApiServer(List<BindableService> services, int maxCalls) {
        this.services = services;
        this.callLimit = new CallLimit(maxCalls);
    }

    /**
     * Starts to listen.
     *
     * @throws IOException with one line for an operator: another agent listens, no permission, the address is in use
     */
    public static ApiServer start(ApiOptions options, List<BindableService> services) throws IOException {
        ApiServer server = new ApiServer(services, options.maxCalls());
        try {
            if (options.socket() != null) {
                server.listenOnSocket(UnixSocket.claim(options.socket()));
            }
            if (options.tcp() != null) {
                server.listenOnTcp(options.tcp());
            }
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void listenOnSocket(UnixSocket claimed) throws IOException {
        socket = claimed;
        listen(
                new DomainSocketAddress(claimed.bindPath().toString()),
                EpollServerDomainSocketChannel.class,
                claimed.path().toString());
        claimed.publish();
        log.info("gRPC API on {}", claimed.path());
    }

    private void listenOnTcp(InetSocketAddress address) throws IOException {
        Server server = listen(address, EpollServerSocketChannel.class, address.toString());
        if (address.getAddress() != null && !address.getAddress().isLoopbackAddress()) {
            log.warn(
                    "gRPC API on {}: whoever reaches this address may read and evict; it has no authentication",
                    address);
        } else {
            log.info("gRPC API on port {} of {}", server.getPort(), address);
        }
    }

    private Server listen(SocketAddress address, Class<? extends ServerChannel> channel, String shown)
            throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelType(channel)
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(eventLoops)
                .executor(callbacks)
                .intercept(callLimit)
                .maxInboundMessageSize(MAX_REQUEST_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                // Finds clients that vanished without a word, as hosts do.
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        services.forEach(builder::addService);
        try {
            Server server = builder.build().start();
            servers.add(server);
            return server;
        } catch (IOException e) {
            throw new IOException("can't listen on " + shown + ": " + rootMessage(e), e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** The port of the TCP listener; -1 if there is none. */
    public int tcpPort() {
        return servers.stream().mapToInt(Server::getPort).max().orElse(-1);
    }

    /** What the health service answers, for every service. */
    public void setServing(boolean serving) {
        ServingStatus status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        for (BindableService service : services) {
            health.setStatus(service.bindService().getServiceDescriptor().getName(), status);
        }
    }

    /** Takes no more calls, gives running ones 2 s, then cancels them; removes the socket's file. */
    @Override
    public void close() {
        health.enterTerminalState();
        servers.forEach(Server::shutdown);
        long deadline = System.nanoTime() + GRACE.toNanos();
        try {
            removeSocket();
            for (Server server : servers) {
                if (!server.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    server.shutdownNow();
                }
            }
            for (Server server : servers) {
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            servers.forEach(Server::shutdownNow);
            Thread.currentThread().interrupt();
        }
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        callbacks.shutdown();
    }

    private void removeSocket() {
        if (socket == null) {
            return;
        }
        try {
            socket.remove();
        } catch (IOException e) {
            log.warn("can't remove the socket {}: {}", socket.path(), e.toString());
        }
    }

    private static EventLoopGroup eventLoops(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
    }
}
