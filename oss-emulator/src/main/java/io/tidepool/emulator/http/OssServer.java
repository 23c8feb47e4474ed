package io.tidepool.emulator.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The listening socket and its connections. Can be switched off, which refuses and resets connections as a dead host
 * does, and on again on the same port. Thread-safe.
 */
public final class OssServer implements AutoCloseable {

    /** A key of 1,023 bytes, each percent-encoded, and a presigned query behind it. */
    private static final int MAX_REQUEST_LINE_BYTES = 32 << 10;

    private static final int MAX_HEADER_BYTES = 64 << 10;
    private static final int BACKLOG = 1024;

    private final EventLoopGroup loops;
    private final ServerBootstrap bootstrap;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private InetSocketAddress address;
    private Channel listener;

    /** Listens at once; an {@link IOException} if the address cannot be listened on. */
    public OssServer(ServerContext context, String host, int port, int threads) throws IOException {
        boolean epoll = Epoll.isAvailable();
        this.loops = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("oss-emulator", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                                        .setMaxHeaderSize(MAX_HEADER_BYTES)))
                                .addLast(new HttpServerExpectContinueHandler())
                                .addLast(new OssHandler(context));
                    }
                });
        this.address = new InetSocketAddress(host, port);
        try {
            this.listener = bind();
        } catch (IOException e) {
            shutDown();
            throw e;
        }
        this.address = (InetSocketAddress) listener.localAddress();
    }

    /** The address listened on, with its real port. */
    public synchronized InetSocketAddress address() {
        return address;
    }

    /** Refuses new connections and resets the open ones. Does nothing when off. */
    public synchronized void switchOff() {
        listener.close().awaitUninterruptibly();
        resetConnections();
    }

    /** Listens again on the same port. Does nothing when on. */
    public synchronized void switchOn() throws IOException {
        if (!listener.isOpen()) {
            listener = bind();
        }
    }

    /** Lets new connections wait in the kernel's backlog, accepted by nobody; open ones go on. */
    public synchronized void pauseAccepting() {
        listener.config().setAutoRead(false);
    }

    public synchronized void resumeAccepting() {
        listener.config().setAutoRead(true);
    }

    /** TCP RST on every open connection. */
    public void resetConnections() {
        for (Channel channel : connections) {
            channel.eventLoop().execute(() -> Resets.reset(channel));
        }
        connections.newCloseFuture().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    @Override
    public synchronized void close() {
        switchOff();
        shutDown();
    }

    private Channel bind() throws IOException {
        try {
            return bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // Netty throws the bind's IOException from here without declaring it.
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private void shutDown() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
