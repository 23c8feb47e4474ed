package io.tidepool.emulator.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCounted;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.operation.Reply;
import io.tidepool.emulator.shape.Pacer;
import io.tidepool.emulator.shape.Throttle;
import io.tidepool.emulator.store.ObjectBody;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one body: a chunk at a time, as fast as the socket takes it and the shape allows, up to its end or its fault.
 * At most two chunks wait in the channel, so a slow client costs no memory. Belongs to the channel's event loop; owns
 * and closes the body.
 */
final class BodyPump {

    private static final Logger LOG = LoggerFactory.getLogger(BodyPump.class);

    /** What the pump tells of its progress. */
    interface Progress {
        void sent(long offset, int length);

        void notSent(int length);

        /** The whole body is in the socket. */
        void finished();
    }

    /** One chunk is on the wire while the next is being made. */
    private static final int MAX_IN_FLIGHT = 2;

    private final ChannelHandlerContext ctx;
    private final ObjectBody body;
    private final Pacer pacer;
    private final Progress progress;
    private final Delivery delivery;
    private final @Nullable Throttle drip;
    private final long end;
    private long position;
    private long stopAt;
    private Delivery.@Nullable Stop stop;
    private int inFlight;
    private boolean running;
    private boolean asleep;
    private boolean ended;
    private boolean closed;

    BodyPump(
            ChannelHandlerContext ctx,
            ObjectBody body,
            Reply.Payload payload,
            Delivery delivery,
            Pacer pacer,
            Progress progress) {
        this.ctx = ctx;
        this.body = body;
        this.pacer = pacer;
        this.progress = progress;
        this.delivery = delivery;
        this.drip = delivery.bytesPerSecond() == 0 ? null : new Throttle(delivery.bytesPerSecond());
        this.position = payload.offset();
        this.end = payload.offset() + payload.length();
        this.stopAt = payload.offset() + Math.min(payload.length(), delivery.stopAfter());
        this.stop = delivery.stop();
        pacer.begin();
    }

    /** Sends what can be sent now; goes on by itself afterwards. */
    void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            while (!asleep && !ended && (inFlight < MAX_IN_FLIGHT || position == stopAt)) {
                if (position == stopAt) {
                    stop();
                } else {
                    sleep(send((int) Math.min(chunkBytes(), stopAt - position)));
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("A body could not be read; its connection is closed: {}", e.toString());
            var _ = ctx.close();
        } finally {
            running = false;
        }
    }

    /** The channel is gone, and what was in flight has failed. */
    void cancel() {
        ended = true;
        closeBody();
    }

    private int chunkBytes() {
        // A crawl must not come in lumps: a tenth of a second's worth at once.
        return drip == null ? pacer.chunkBytes() : Math.clamp(delivery.bytesPerSecond() / 10, 1, 64 << 10);
    }

    /** Returns the nanoseconds to wait before the next chunk. */
    private long send(int length) throws IOException {
        ReferenceCounted chunk = body.slice(ctx.alloc(), position, length);
        // Counted before it can arrive, so that a client that has read everything finds it counted.
        progress.sent(position, length);
        position += length;
        inFlight++;
        ctx.writeAndFlush(chunk instanceof ByteBuf buffer ? new DefaultHttpContent(buffer) : chunk)
                .addListener(future -> {
                    inFlight--;
                    if (future.isSuccess()) {
                        run();
                    } else {
                        progress.notSent(length);
                    }
                });
        return Math.max(pacer.sent(length), drip == null ? 0 : drip.take(length));
    }

    private void sleep(long nanos) {
        if (nanos > 0 && position < end) {
            asleep = true;
            var _ = ctx.executor().schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void wake() {
        asleep = false;
        run();
    }

    private void stop() {
        Delivery.Stop how = stop;
        if (how == Delivery.Stop.STALL) {
            stop = null;
            stopAt = end;
            asleep = true;
            if (delivery.stallTime().compareTo(Fault.FOREVER) < 0) {
                var _ = ctx.executor().schedule(this::wake, delivery.stallTime().toNanos(), TimeUnit.NANOSECONDS);
            }
            return;
        }
        ended = true;
        boolean inOrder = how == null || how == Delivery.Stop.END;
        Object last = inOrder ? LastHttpContent.EMPTY_LAST_CONTENT : Unpooled.EMPTY_BUFFER;
        ctx.writeAndFlush(last).addListener(_ -> {
            closeBody();
            if (inOrder) {
                progress.finished();
            } else if (how == Delivery.Stop.RESET) {
                Resets.reset(ctx.channel());
            } else {
                var _ = ctx.close();
            }
        });
    }

    private void closeBody() {
        if (closed) {
            return;
        }
        closed = true;
        pacer.end();
        try {
            body.close();
        } catch (IOException e) {
            LOG.debug("A body did not close", e);
        }
    }
}
