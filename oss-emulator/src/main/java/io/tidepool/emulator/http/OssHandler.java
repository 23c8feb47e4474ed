package io.tidepool.emulator.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tidepool.emulator.operation.ErrorReply;
import io.tidepool.emulator.operation.Operation;
import io.tidepool.emulator.operation.Reply;
import io.tidepool.emulator.operation.StoreFailures;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.shape.Pacer;
import io.tidepool.emulator.store.HeapFullException;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: gathers a request, has it answered, sends the reply, then takes the next. What a client pipelines
 * meanwhile waits in a short queue. Belongs to the channel's event loop.
 */
final class OssHandler extends SimpleChannelInboundHandler<HttpObject> {

    private static final Logger LOG = LoggerFactory.getLogger(OssHandler.class);
    private static final int MAX_WAITING = 1024;
    private static final int MAX_XML_BYTES = 2 << 20;

    private final RequestReader reader;
    private final ObjectService service;
    private final ServerContext server;
    private final Pacer pacer;
    private final Queue<HttpObject> waiting = new ArrayDeque<>();
    private @Nullable Exchange current;
    private boolean answering;

    /** The request being gathered or answered. */
    private static final class Exchange {
        private final HttpRequest http;
        private @Nullable OssRequest request;
        private @Nullable Upload upload;
        private @Nullable OssError failure;
        private @Nullable ReplySender sender;

        Exchange(HttpRequest http) {
            this.http = http;
        }
    }

    OssHandler(ServerContext server) {
        this.server = server;
        this.reader = new RequestReader(server.store());
        this.service = new ObjectService(server);
        this.pacer = new Pacer(server.shaper());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) throws IOException {
        if (!answering) {
            take(ctx, message);
        } else if (waiting.size() < MAX_WAITING) {
            waiting.add(ReferenceCountUtil.retain(message));
        } else {
            var _ = ctx.close();
        }
    }

    private void take(ChannelHandlerContext ctx, HttpObject message) throws IOException {
        if (message instanceof HttpRequest http) {
            current = begin(http);
        }
        Exchange exchange = current;
        if (exchange == null) {
            return;
        }
        if (message instanceof HttpContent content) {
            gather(exchange, content);
        }
        if (message instanceof LastHttpContent) {
            answering = true;
            answer(ctx, exchange);
        }
    }

    private static void gather(Exchange exchange, HttpContent content) throws IOException {
        Upload upload = exchange.upload;
        OssRequest request = exchange.request;
        if (upload == null || request == null) {
            return;
        }
        try {
            upload.append(ByteBufUtil.getBytes(content.content()));
            if (upload.size() > MAX_XML_BYTES && Operation.of(request).takesXml()) {
                throw OssError.of(400, "EntityTooLarge", "A request's XML has at most 2 MiB.");
            }
        } catch (HeapFullException | OssError e) {
            // The rest of the body is read and dropped, so that the client hears why.
            exchange.failure = StoreFailures.asOss(e).orElse(null);
            closeUpload(exchange);
        }
    }

    private Exchange begin(HttpRequest http) throws IOException {
        Exchange exchange = new Exchange(http);
        try {
            OssRequest request = reader.read(http);
            exchange.request = request;
            exchange.upload = service.startUpload(request).orElse(null);
        } catch (OssError e) {
            exchange.failure = e;
        }
        return exchange;
    }

    private void answer(ChannelHandlerContext ctx, Exchange exchange) throws IOException {
        try {
            OssRequest request = exchange.request;
            OssError early = exchange.failure;
            if (request == null || early != null) {
                throw early == null ? OssError.invalidArgument("No request.") : early;
            }
            var _ = service.answer(request, exchange.upload).whenComplete((delivery, failure) -> {
                if (ctx.executor().inEventLoop()) {
                    send(ctx, exchange, delivery, failure);
                } else {
                    ctx.executor().execute(() -> send(ctx, exchange, delivery, failure));
                }
            });
        } catch (OssError e) {
            send(ctx, exchange, null, e);
        } catch (RuntimeException e) {
            send(ctx, exchange, null, e);
        }
    }

    private void send(
            ChannelHandlerContext ctx, Exchange exchange, @Nullable Delivery delivery, @Nullable Throwable failure) {
        closeUpload(exchange);
        if (!ctx.channel().isActive()) {
            return;
        }
        try {
            startReply(ctx, exchange, delivery, failure);
        } catch (RuntimeException e) {
            LOG.warn("A reply could not be sent; its connection is closed", e);
            var _ = ctx.close();
        }
    }

    private void startReply(
            ChannelHandlerContext ctx, Exchange exchange, @Nullable Delivery delivery, @Nullable Throwable failure) {
        String requestId = RequestIds.next();
        Delivery what = delivery != null ? delivery : Delivery.of(error(exchange, requestId, failure));
        OssRequest request = exchange.request;
        ReplySender sender = new ReplySender(ctx, server, request, exchange.http, requestId, pacer, what);
        exchange.sender = sender;
        sender.start(() -> next(ctx, exchange));
    }

    private static Reply error(Exchange exchange, String requestId, @Nullable Throwable failure) {
        Throwable cause = failure == null ? new IllegalStateException("no reply") : StoreFailures.unwrapped(failure);
        OssError error = StoreFailures.asOss(cause).orElseGet(() -> {
            LOG.warn("Request {} failed inside the emulator", requestId, cause);
            return OssError.of(500, "InternalError", "The emulator failed: " + cause);
        });
        String host = exchange.http.headers().get("Host", "");
        return ErrorReply.of(
                error, requestId, host, exchange.http.method().name().equals("HEAD"));
    }

    private void next(ChannelHandlerContext ctx, Exchange exchange) {
        boolean keep = HttpUtil.isKeepAlive(exchange.http) && exchange.failure == null;
        current = null;
        answering = false;
        if (!keep) {
            var _ = ctx.close();
            return;
        }
        try {
            HttpObject message;
            while (!answering && (message = waiting.poll()) != null) {
                try {
                    take(ctx, message);
                } finally {
                    ReferenceCountUtil.release(message);
                }
            }
        } catch (IOException e) {
            exceptionCaught(ctx, e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange != null) {
            closeUpload(exchange);
            if (exchange.sender != null) {
                exchange.sender.cancel();
            }
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection broke: {}", cause.toString());
        var _ = ctx.close();
    }

    private static void closeUpload(Exchange exchange) {
        Upload upload = exchange.upload;
        if (upload != null) {
            exchange.upload = null;
            try {
                upload.close();
            } catch (IOException e) {
                LOG.warn("An unfinished upload could not be removed: {}", e.toString());
            }
        }
    }
}
