package io.tidepool.agent.peer.control;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidepool.proto.v1.TrackerServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the other hosts of the cell may call here: gRPC on the control port. Thread-safe. */
public final class ControlServer implements AutoCloseable {
    /** A message announces a stretch at most: 64 chunks of 8 blocks, some kilobytes. */
    static final int MAX_MESSAGE_BYTES = 1 << 20;

    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("peer-control-server", true), EpollIoHandler.newFactory());
    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;

    private ControlServer(InetSocketAddress address, ServerCredentials credentials, List<BindableService> services)
            throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address, credentials)
                .channelType(EpollServerSocketChannel.class)
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .executor(callbacks)
                .callExecutor(ControlServer::executor)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS);
        services.forEach(builder::addService);
        server = builder.build();
    }

    /** A tracker hands on what it hears, many times a second: a thread for each would cost more than all it does. */
    private static @Nullable Executor executor(ServerCall<?, ?> call, Metadata headers) {
        boolean isSession = call.getMethodDescriptor()
                .getFullMethodName()
                .equals(TrackerServiceGrpc.getSessionMethod().getFullMethodName());
        return isSession ? Runnable::run : null;
    }

    /**
     * Starts to listen.
     *
     * @throws IOException with one line for an operator: the address is in use, no permission
     */
    public static ControlServer start(
            InetSocketAddress address, ServerCredentials credentials, List<BindableService> services)
            throws IOException {
        ControlServer control = new ControlServer(address, credentials, services);
        try {
            control.server.start();
            return control;
        } catch (IOException e) {
            control.close();
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IOException("can't listen on " + address + " (peers.controlPort): " + root.getMessage(), e);
        }
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            // Its calls end in callbacks, on the event loops.
            var _ = server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        callbacks.shutdown();
    }
}
