package io.tidepool.agent.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.PeerProtocol;
import io.tidepool.agent.peer.PeerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves chunks to other hosts, out of cache files and filling landing buffers: the protocol is {@link PeerProtocol}'s. It
 * never fetches anything itself. Thread-safe.
 */
public final class PeerServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerServer.class);
    private static final int EVENT_LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
    private static final int BACKLOG = 512;

    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            EVENT_LOOPS, new DefaultThreadFactory("peer-serve", true), EpollIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final PeerServerOptions options;
    private final UploadLimits limits;
    private final ChunkCache cache;
    private final @Nullable PeerTls tls;
    private final Metrics metrics;
    private final Channel listener;

    private PeerServer(PeerServerOptions options, ChunkCache cache, @Nullable PeerTls tls, Metrics metrics)
            throws IOException {
        this.options = options;
        this.limits = new UploadLimits(options.slots(), options.bytesPerSecond());
        this.cache = cache;
        this.tls = tls;
        this.metrics = metrics;
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(options.address())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "can't serve peers on " + options.address() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
        metrics.gauge(Metric.PEER_UPLOADS_RUNNING, limits::used);
        log.info("chunks for peers on {}{}", listener.localAddress(), tls == null ? ", in plaintext" : ", with TLS");
    }

    /**
     * Starts to listen.
     *
     * @param tls null for plaintext
     * @throws IOException with one line for an operator: the address is in use, no permission
     */
    public static PeerServer start(PeerServerOptions options, ChunkCache cache, @Nullable PeerTls tls, Metrics metrics)
            throws IOException {
        return new PeerServer(options, cache, tls, metrics);
    }

    private void accept(Channel channel) {
        if (connections.size() >= options.maxConnections()) {
            var _ = channel.close();
            return;
        }
        connections.add(channel);
        if (tls != null) {
            channel.pipeline().addLast(tls.server().newHandler(channel.alloc()));
        }
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(PeerProtocol.MAX_LINE_BYTES)
                .setMaxHeaderSize(PeerProtocol.MAX_HEADER_BYTES)
                .setChunkedSupported(false);
        channel.pipeline()
                .addLast(new HttpServerCodec(limits), new UploadHandler(cache, this.limits, metrics, options));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Uploads that run now. */
    public int uploads() {
        return limits.used();
    }

    /** Cuts what runs; afterwards no lease of a chunk is left. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
