package io.tidepool.agent.api;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.ChunkLease;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.PeerProtocol;
import io.tidepool.agent.peer.PeerTls;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a peer: one request at a time, each answered at once, if only with a refusal. All of it belongs to the
 * channel's event loop.
 */
final class UploadHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger log = LoggerFactory.getLogger(UploadHandler.class);

    private final ChunkCache cache;
    private final UploadLimits limits;
    private final Metrics metrics;
    private final PeerServerOptions options;
    private @Nullable Upload upload;
    private long idleSinceNanos = System.nanoTime();

    UploadHandler(ChunkCache cache, UploadLimits limits, Metrics metrics, PeerServerOptions options) {
        this.cache = cache;
        this.limits = limits;
        this.metrics = metrics;
        this.options = options;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        scheduleLook(ctx);
    }

    private void scheduleLook(ChannelHandlerContext ctx) {
        var _ = ctx.executor().schedule(() -> look(ctx), options.stallNanos() / 4, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        Upload running = upload;
        if (running == null
                ? System.nanoTime() - idleSinceNanos > options.idleNanos()
                : running.isStalled(options.stallNanos())) {
            var _ = ctx.close();
        } else {
            scheduleLook(ctx);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (message instanceof HttpRequest request) {
            if (upload != null) {
                var _ = ctx.close(); // one at a time: requests don't pile up here
                return;
            }
            ChunkRequest wanted = ChunkRequest.parse(request);
            if (wanted == null) {
                log.debug("no request of a peer from {}: {}", ctx.channel().remoteAddress(), request);
                count("bad_request");
                refuse(ctx, new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST), true);
            } else {
                answer(ctx, wanted);
            }
        } else if (message instanceof HttpContent content && content.content().isReadable()) {
            var _ = ctx.close();
        }
    }

    private void answer(ChannelHandlerContext ctx, ChunkRequest wanted) {
        ObjectVersion version = cache.version(wanted.version());
        if (version == null || wanted.index() >= version.chunkCount()) {
            refuse(ctx, HttpResponseStatus.NOT_FOUND, "missing");
            return;
        }
        ChunkId id = version.chunk(wanted.index());
        if (wanted.offset() >= id.length()) {
            refuse(ctx, HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "bad_request");
            return;
        }
        ChunkLease lease;
        try {
            lease = cache.acquire(id, Reach.DISK, Priority.READ_AHEAD);
        } catch (ChunkException e) {
            lease = null; // in quarantine
        }
        if (lease == null) {
            refuse(ctx, HttpResponseStatus.NOT_FOUND, "missing");
        } else if (!limits.enter()) {
            lease.close();
            refuseBusy(ctx, id, wanted.asker());
        } else {
            begin(ctx, id, lease, wanted);
        }
    }

    private void begin(ChannelHandlerContext ctx, ChunkId id, ChunkLease lease, ChunkRequest wanted) {
        limits.sending(id, wanted.asker());
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.PARTIAL_CONTENT);
        head.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, id.length() - wanted.offset())
                .set(HttpHeaderNames.CONTENT_RANGE, PeerProtocol.contentRange(wanted.offset(), id.length()));
        var _ = ctx.write(head, ctx.voidPromise());
        String from = lease.isOnDisk() ? "file" : "memory";
        Upload made = new Upload(ctx, cache, id, lease, wanted.offset(), limits, (how, sent) -> {
            metrics.add(Metric.PEER_UPLOAD_BYTES, sent, from);
            ended(ctx, how);
        });
        upload = made;
        made.start();
        ctx.flush();
    }

    private void ended(ChannelHandlerContext ctx, Upload.End how) {
        upload = null;
        idleSinceNanos = System.nanoTime();
        limits.leave();
        count(how.name().toLowerCase(Locale.ROOT));
        if (how == Upload.End.SENT) {
            var _ = ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, ctx.voidPromise());
        } else {
            var _ = ctx.close();
        }
    }

    private void refuseBusy(ChannelHandlerContext ctx, ChunkId id, @Nullable InetSocketAddress asker) {
        count("busy");
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE);
        InetSocketAddress other = limits.other(id, asker);
        if (other != null) {
            response.headers().set(PeerProtocol.TRY, PeerProtocol.format(other));
        }
        refuse(ctx, response, false);
    }

    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
        count(why);
        refuse(ctx, new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status), false);
    }

    private void refuse(ChannelHandlerContext ctx, DefaultFullHttpResponse response, boolean close) {
        idleSinceNanos = System.nanoTime();
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (close) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
            var _ = ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        } else {
            var _ = ctx.writeAndFlush(response, ctx.voidPromise());
        }
    }

    private void count(String result) {
        metrics.increment(Metric.PEER_UPLOADS, result);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Upload running = upload;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        String why = PeerTls.refusal(cause);
        if (why == null) {
            log.debug("connection of {} failed", ctx.channel().remoteAddress(), cause);
        } else {
            count("unauthenticated");
            log.warn("refused {}, which wants chunks: {}", ctx.channel().remoteAddress(), why);
        }
        var _ = ctx.close();
    }
}
