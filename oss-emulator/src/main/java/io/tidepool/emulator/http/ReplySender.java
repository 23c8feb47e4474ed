package io.tidepool.emulator.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tidepool.emulator.count.KeyCounter;
import io.tidepool.emulator.operation.Reply;
import io.tidepool.emulator.operation.Times;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.shape.Pacer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends one reply: after its latency the head, then the body through a {@link BodyPump}. Of the event loop. */
final class ReplySender {

    /** In every reply, so that nobody takes this for OSS. */
    private static final String SERVER = "Tidepool-OSS-Emulator (this is not OSS)";

    private final ChannelHandlerContext ctx;
    private final ServerContext server;
    private final @Nullable OssRequest request;
    private final HttpRequest http;
    private final String requestId;
    private final Pacer pacer;
    private final Delivery delivery;
    private @Nullable BodyPump pump;

    ReplySender(
            ChannelHandlerContext ctx,
            ServerContext server,
            @Nullable OssRequest request,
            HttpRequest http,
            String requestId,
            Pacer pacer,
            Delivery delivery) {
        this.ctx = ctx;
        this.server = server;
        this.request = request;
        this.http = http;
        this.requestId = requestId;
        this.pacer = pacer;
        this.delivery = delivery;
    }

    /** @param finished called on the event loop once the reply is in the socket; not if it breaks */
    void start(Runnable finished) {
        Duration latency = server.shaper().shape().firstByteLatency().plus(delivery.delay());
        if (latency.isZero()) {
            send(finished);
        } else {
            var _ = ctx.executor().schedule(() -> send(finished), latency.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void cancel() {
        if (pump != null) {
            pump.cancel();
        }
    }

    private void send(Runnable finished) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (delivery.resetFirst()) {
            Resets.reset(ctx.channel());
            return;
        }
        Reply.Payload payload = delivery.reply().payload();
        boolean bodiless = payload == null || http.method().equals(HttpMethod.HEAD);
        if (payload == null || bodiless) {
            var _ = ctx.write(head(payload == null ? 0 : payload.length()));
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener((ChannelFutureListener) future -> {
                if (future.isSuccess()) {
                    finished.run();
                }
            });
            return;
        }
        try {
            pump = new BodyPump(ctx, payload.source().open(), payload, delivery, pacer, progress(payload, finished));
            var _ = ctx.write(head(payload.length()));
            // A body that ends before its first byte must still show its head.
            ctx.flush();
            pump.run();
        } catch (IOException e) {
            ctx.fireExceptionCaught(e);
            var _ = ctx.close();
        }
    }

    private DefaultHttpResponse head(long length) {
        int status = delivery.reply().status();
        HttpHeaders headers = delivery.reply().headers();
        headers.set(HttpHeaderNames.SERVER, SERVER)
                .set(HttpHeaderNames.DATE, Times.http(server.clock().instant()))
                .set("x-oss-request-id", requestId);
        switch (delivery.framing()) {
            case CONTENT_LENGTH -> {
                if (status != 304 && status != 204) {
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, length - delivery.surplus());
                }
            }
            case CHUNKED -> headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            case CLOSE -> {}
        }
        boolean keepAlive = HttpUtil.isKeepAlive(http) && delivery.framing() != Delivery.Framing.CLOSE;
        headers.set(HttpHeaderNames.CONNECTION, keepAlive ? "keep-alive" : "close");
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers);
    }

    private BodyPump.Progress progress(Reply.Payload payload, Runnable finished) {
        KeyCounter counter = payload.ofObject() && request != null
                ? server.counters().counter(request.bucket(), request.key())
                : null;
        return new BodyPump.Progress() {
            @Override
            public void sent(long offset, int length) {
                if (counter != null) {
                    counter.sent(offset, length);
                }
            }

            @Override
            public void notSent(int length) {
                if (counter != null) {
                    counter.notSent(length);
                }
            }

            @Override
            public void finished() {
                finished.run();
            }
        };
    }
}
