package io.tidepool.agent.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.tidepool.agent.chunk.ChunkLayout;
import java.net.InetSocketAddress;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections to peers: made when there is none to spare, and kept for a while once their answer has ended. Thread-safe. */
final class PeerConnections implements AutoCloseable {
    private static final AttributeKey<DownloadHandler> HANDLER = AttributeKey.valueOf("tidepool-download");
    private static final int CONNECT_MILLIS = 1000;
    private static final int HANDSHAKE_MILLIS = 2000;
    private static final int MAX_IDLE_PER_HOST = 8;
    /** Less than the server's patience, so that it is rarely the server who ends a connection. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int EVENT_LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private record Idle(PeerConnection connection, long sinceNanos) {
        boolean isUsable() {
            return connection.channel().isActive() && System.nanoTime() - sinceNanos < IDLE_NANOS;
        }
    }

    private static final Deque<Idle> NONE = new ConcurrentLinkedDeque<>();

    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            EVENT_LOOPS, new DefaultThreadFactory("peer-fetch", true), EpollIoHandler.newFactory());
    private final ConcurrentHashMap<InetSocketAddress, Deque<Idle>> idle = new ConcurrentHashMap<>();
    private final String self;
    private final @Nullable PeerTls tls;

    PeerConnections(InetSocketAddress self, @Nullable PeerTls tls) {
        this.self = PeerProtocol.format(self);
        this.tls = tls;
    }

    /** One that has been used before; null if there is none. */
    @Nullable
    PeerConnection takeIdle(InetSocketAddress peer) {
        Deque<Idle> spare = idle.getOrDefault(peer, NONE);
        for (Idle last = spare.pollFirst(); last != null; last = spare.pollFirst()) {
            if (last.isUsable()) {
                return last.connection();
            }
            var _ = last.connection().channel().close();
        }
        return null;
    }

    private void keep(InetSocketAddress peer, PeerConnection connection) {
        Deque<Idle> spare = idle.computeIfAbsent(peer, absent -> new ConcurrentLinkedDeque<>());
        spare.addFirst(new Idle(connection, System.nanoTime()));
        // The oldest are at the end. Those of hosts that are never asked again, their servers close.
        for (Idle last = spare.peekLast();
                last != null && (!last.isUsable() || spare.size() > MAX_IDLE_PER_HOST);
                last = spare.peekLast()) {
            if (spare.remove(last)) {
                var _ = last.connection().channel().close();
            }
        }
    }

    /** Either a connection, or why there is none. */
    record Attempt(@Nullable PeerConnection connection, String failure) {}

    /** Connects, within about a second; with TLS, two more. */
    Attempt connect(InetSocketAddress peer) throws InterruptedException {
        if (eventLoops.isShuttingDown()) {
            return new Attempt(null, "the agent is stopping");
        }
        ChannelFuture connecting = new Bootstrap()
                .group(eventLoops)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialize(channel, peer);
                    }
                })
                .connect(peer);
        Channel channel = connecting.channel();
        try {
            connecting.await();
            Future<?> ready = connecting;
            SslHandler secure = channel.pipeline().get(SslHandler.class);
            if (connecting.isSuccess() && secure != null) {
                ready = secure.handshakeFuture().await();
            }
            if (ready.isSuccess()) {
                return new Attempt(
                        new PeerConnection(channel, channel.attr(HANDLER).get()), "");
            }
            var _ = channel.close();
            return new Attempt(null, "no connection: " + PeerTls.explain(ready.cause()));
        } catch (InterruptedException e) {
            var _ = channel.close();
            throw e;
        }
    }

    private void initialize(Channel channel, InetSocketAddress peer) {
        DownloadHandler handler = new DownloadHandler(
                channel,
                self,
                tls == null ? new Wakeups(channel) : null,
                used -> keep(peer, new PeerConnection(channel, used)));
        channel.attr(HANDLER).set(handler);
        if (tls == null) {
            channel.config().setRecvByteBufAllocator(new LandingAllocator(handler::toCome));
        } else {
            SslHandler secure = tls.client().newHandler(channel.alloc());
            secure.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
            channel.pipeline().addLast(secure);
        }
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(PeerProtocol.MAX_LINE_BYTES)
                .setMaxHeaderSize(PeerProtocol.MAX_HEADER_BYTES)
                .setMaxChunkSize(ChunkLayout.CHUNK_BYTES)
                .setChunkedSupported(false);
        channel.pipeline().addLast(new HttpClientCodec(limits, false, false), handler);
    }

    @Override
    public void close() {
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
