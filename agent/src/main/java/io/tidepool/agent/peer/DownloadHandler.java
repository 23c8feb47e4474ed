package io.tidepool.agent.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a peer: sends a request, holds the answer's head against it, and hands the body to the download. All
 * of it belongs to the channel's event loop. Whatever isn't the one right answer, or a refusal, ends the connection.
 */
final class DownloadHandler extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;
    private final String self;
    private final Consumer<DownloadHandler> idle;
    private final @Nullable Wakeups wakeups;
    private @Nullable Download download;
    /** What an answer without a body says; null while the answer is the one that was asked for. */
    private @Nullable Outcome refusal;

    /**
     * @param self this host's own address, as its requests name it
     * @param wakeups null if what the socket receives is not the body itself
     * @param idle told when an answer has ended well, so that the connection may be used again
     */
    DownloadHandler(Channel channel, String self, @Nullable Wakeups wakeups, Consumer<DownloadHandler> idle) {
        this.channel = channel;
        this.self = self;
        this.wakeups = wakeups;
        this.idle = idle;
    }

    void begin(Download next) {
        if (!channel.isActive()) {
            next.end(new Outcome.Broken("the connection was closed"));
            return;
        }
        download = next;
        refusal = null;
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, PeerProtocol.path(next.id()));
        request.headers()
                .set(HttpHeaderNames.HOST, "peer")
                .set(HttpHeaderNames.RANGE, "bytes=" + next.offset() + "-")
                .set(PeerProtocol.HOST, self);
        var _ = channel.writeAndFlush(request, channel.voidPromise());
    }

    /** Its memory is not touched any more once this has run. */
    void abandon(Download given) {
        given.detach();
        if (download == given) {
            var _ = channel.close();
        }
    }

    /** What of the body is still to come, for reading it in place; null if there is none. */
    @Nullable
    ByteBuffer toCome() {
        Download running = download;
        return running == null || !running.wasAnswered() || refusal != null ? null : running.toCome();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        Download running = download;
        if (running == null) {
            var _ = channel.close(); // nobody has asked for that
        } else if (message.decoderResult().isFailure()) {
            broken(
                    running,
                    "it doesn't answer in HTTP: "
                            + message.decoderResult().cause().getMessage());
        } else {
            if (message instanceof HttpResponse head) {
                head(running, head);
            }
            if (download != null && message instanceof HttpContent content) {
                body(running, content);
            }
        }
    }

    private void head(Download running, HttpResponse head) {
        running.answered();
        HttpHeaders headers = head.headers();
        HttpResponseStatus status = head.status();
        if (status.equals(HttpResponseStatus.NOT_FOUND)) {
            refusal = new Outcome.Missing();
        } else if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            refusal = new Outcome.Busy(PeerProtocol.parse(headers.get(PeerProtocol.TRY)));
        } else if (!status.equals(HttpResponseStatus.PARTIAL_CONTENT)) {
            broken(running, "it answered " + status);
        } else {
            String range =
                    PeerProtocol.contentRange(running.offset(), running.id().length());
            if (!range.equals(headers.get(HttpHeaderNames.CONTENT_RANGE))) {
                broken(running, "it sends " + headers.get(HttpHeaderNames.CONTENT_RANGE) + " for " + range);
            } else if (!String.valueOf(running.length()).equals(headers.get(HttpHeaderNames.CONTENT_LENGTH))) {
                broken(
                        running,
                        "it sends " + headers.get(HttpHeaderNames.CONTENT_LENGTH) + " bytes for " + running.length());
            }
        }
    }

    private void body(Download running, HttpContent content) {
        Outcome refused = refusal;
        if (refused == null) {
            if (!running.take(content.content())) {
                broken(running, "it sends more than was asked for");
                return;
            }
            if (!running.isWhole()) {
                running.tell();
                if (wakeups != null) {
                    wakeups.atMost(running.toBlockEnd());
                }
            }
        } else if (content.content().isReadable()) {
            end(running, refused);
            var _ = channel.close(); // a refusal has no body
            return;
        }
        if (content instanceof LastHttpContent) {
            if (refused == null && !running.isWhole()) {
                broken(running, "its answer ended after " + running.received() + " of " + running.length() + " bytes");
                return;
            }
            download = null;
            idle.accept(this);
            if (refused == null) {
                running.tell();
            } else {
                running.end(refused);
            }
            if (wakeups != null) {
                wakeups.atOnce(); // before whoever takes it now begins: that is done on this event loop
            }
        }
    }

    private void broken(Download running, String why) {
        end(running, new Outcome.Broken(why));
        var _ = channel.close();
    }

    private void end(Download running, Outcome outcome) {
        download = null;
        running.end(outcome);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Download running = download;
        if (running == null) {
            return;
        }
        String why = "the connection ended after " + running.received() + " of " + running.length() + " bytes";
        if (!running.wasAnswered()) {
            why = "it closed the connection without an answer";
            if (ctx.pipeline().get(SslHandler.class) == null) {
                why += ": does it want TLS?";
            }
        }
        end(running, new Outcome.Broken(why));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Download running = download;
        if (running != null) {
            end(running, new Outcome.Broken(PeerTls.explain(cause)));
        }
        var _ = channel.close();
    }
}
