package io.tidepool.agent.peer.control;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One gRPC channel to each host of the cell that this one talks to, for as long as it is there. Thread-safe. */
public final class ControlChannels implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1000;

    private final ChannelCredentials credentials;
    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("peer-control", true), EpollIoHandler.newFactory());
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    public ControlChannels(ChannelCredentials credentials) {
        this.credentials = credentials;
    }

    /** Owned by this; connects when first used. */
    public ManagedChannel to(PeerHost host) {
        return channels.computeIfAbsent(
                host.id(),
                id -> NettyChannelBuilder.forAddress(host.control(), credentials)
                        .eventLoopGroup(eventLoops)
                        .channelType(EpollSocketChannel.class)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .maxInboundMessageSize(ControlServer.MAX_MESSAGE_BYTES)
                        .directExecutor()
                        .build());
    }

    /** Closes the channels to hosts that are no longer in {@code view}. */
    public void viewChanged(CellView view) {
        channels.forEach((id, channel) -> {
            if (view.host(id).isEmpty() && channels.remove(id, channel)) {
                channel.shutdownNow();
            }
        });
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
        var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
