package io.tidepool.agent.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.unix.Errors;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.ChunkLease;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.disk.CachedRegion;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of one answer: sends what there is, waits for what is landing, and goes over to the cache file once the chunk
 * is there. Belongs to the channel's event loop; owns the lease.
 *
 * <p>One piece is queued at a time, and none is copied on its way to a plain socket: it goes by {@code sendfile} from the
 * cache file, or straight out of landing memory. When the fill has ended, what is queued of landing memory is cut and the
 * memory let go, so that a slow peer keeps none of it.
 */
final class Upload {
    private static final Logger log = LoggerFactory.getLogger(Upload.class);

    /** How it ended. */
    enum End {
        SENT,
        /** The fill that it relayed failed. */
        CUT,
        /** The cache file could not be read. */
        UNREADABLE,
        /** The peer is gone. */
        BROKEN
    }

    /** Told once how it ended, and how many bytes went out. */
    interface Listener {
        void ended(End how, int sentBytes);
    }

    /** Only for TLS, pieces are copied. */
    private static final int COPIED_BYTES = 256 << 10;
    /** A waiting peer is sent this much or more, not each read of the one before it. */
    private static final int WORTH_SENDING = 256 << 10;

    private final ChannelHandlerContext ctx;
    private final ChunkCache cache;
    private final ChunkId id;
    private final UploadLimits limits;
    private final Listener listener;
    private final boolean copied;
    private final int start;
    private ChunkLease lease;
    private int position;
    /** The piece on its way: a FileRegion or a ByteBuf. */
    private @Nullable Object sending;

    private long progressNanos;
    private long progressBytes;
    private boolean over;

    /** @param position in the chunk, of the first byte to be sent */
    Upload(
            ChannelHandlerContext ctx,
            ChunkCache cache,
            ChunkId id,
            ChunkLease lease,
            int position,
            UploadLimits limits,
            Listener listener) {
        this.ctx = ctx;
        this.cache = cache;
        this.id = id;
        this.lease = lease;
        this.position = position;
        this.limits = limits;
        this.listener = listener;
        this.start = position;
        this.copied = ctx.pipeline().get(SslHandler.class) != null;
    }

    void start() {
        step();
        if (lease instanceof ChunkLease.InMemory memory) {
            var _ = memory.ended().whenComplete((report, never) -> onLoop(this::fillEnded));
        }
    }

    /** From the fill's thread, which the end of the server must not hurt. */
    private void onLoop(Runnable action) {
        try {
            ctx.executor().execute(action);
        } catch (RejectedExecutionException e) {
            log.debug("the server was closed before the fill of {} had ended", id);
        }
    }

    private void step() {
        if (over || sending != null) {
            return;
        }
        if (position == id.length()) {
            end(End.SENT);
            return;
        }
        switch (lease) {
            case ChunkLease.OnDisk disk -> send(id.length() - position);
            case ChunkLease.InMemory memory -> sendLanded(memory.buffer());
        }
    }

    private void sendLanded(LandingBuffer buffer) {
        boolean ended = buffer.isEnded(); // before it is asked how much there is
        int ready = buffer.readable() - position;
        if (ready > 0) {
            send(ready);
        } else if (ended) {
            end(End.CUT);
        } else {
            int worth = Math.min(position + WORTH_SENDING, buffer.length());
            buffer.whenReadable(worth, () -> onLoop(this::step));
        }
    }

    private void send(int ready) {
        int count = limits.piece(copied ? Math.min(ready, COPIED_BYTES) : ready);
        Object piece;
        try {
            piece = copied ? copy(count) : region(count);
        } catch (ChunkException e) {
            end(End.UNREADABLE);
            return;
        }
        long waitNanos = limits.take(count);
        sending = piece;
        progressNanos = System.nanoTime();
        progressBytes = 0;
        var _ = ctx.writeAndFlush(piece).addListener(written -> sent(written, piece, count, waitNanos));
    }

    private FileRegion region(int count) {
        return switch (lease) {
            case ChunkLease.OnDisk disk -> {
                // By this name also a file that was removed meanwhile can be had.
                File file = new File("/proc/self/fd/" + disk.region().fd());
                yield new DefaultFileRegion(file, disk.region().position() + position, count);
            }
            case ChunkLease.InMemory memory -> new LandedRegion(memory.buffer(), position, count);
        };
    }

    private ByteBuf copy(int count) throws ChunkException {
        ByteBuf piece = ctx.alloc().directBuffer(count, count);
        try {
            lease.readReady(position, piece.internalNioBuffer(0, count));
            return piece.writerIndex(count);
        } catch (ChunkException | RuntimeException e) {
            piece.release();
            throw e;
        }
    }

    private void sent(Future<? super Void> written, Object piece, int count, long waitNanos) {
        sending = null;
        if (over) {
            return;
        }
        if (!written.isSuccess()) {
            fail(written.cause());
            return;
        }
        position += piece instanceof FileRegion region ? (int) region.transferred() : count;
        if (waitNanos > 0 && position < id.length()) {
            var _ = ctx.executor().schedule(this::step, waitNanos, TimeUnit.NANOSECONDS);
        } else {
            step();
        }
    }

    private void fillEnded() {
        if (over) {
            return;
        }
        if (sending instanceof LandedRegion landed) {
            landed.cut();
        }
        ChunkLease now = acquire();
        if (now instanceof ChunkLease.OnDisk) {
            lease.close();
            lease = now;
        } else if (now != null) {
            now.close(); // the disk would not have it
        }
        step();
    }

    private @Nullable ChunkLease acquire() {
        try {
            return cache.acquire(id, Reach.DISK, Priority.READ_AHEAD);
        } catch (ChunkException e) {
            return null;
        }
    }

    private void fail(Throwable cause) {
        boolean peerIsGone = cause instanceof ClosedChannelException
                || (cause instanceof Errors.NativeIoException e
                        && (e.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE
                                || e.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE));
        if (!peerIsGone) {
            log.warn("{} could not be sent to {}: {}", id, ctx.channel().remoteAddress(), cause.getMessage());
        }
        end(peerIsGone || !(lease instanceof ChunkLease.OnDisk) ? End.BROKEN : End.UNREADABLE);
    }

    /** The peer is gone, or is to go. */
    void stop() {
        if (!over) {
            end(End.BROKEN);
        }
    }

    private void end(End how) {
        over = true;
        if (how == End.UNREADABLE && lease instanceof ChunkLease.OnDisk disk) {
            Thread.ofVirtual().name("peer-unreadable").start(() -> findOut(disk));
        } else {
            lease.close();
        }
        listener.ended(how, position - start);
    }

    /** Sending tells nobody what is wrong with a cache file; reading does, and drops the chunk. */
    private static void findOut(ChunkLease.OnDisk disk) {
        CachedRegion region = disk.region();
        try (disk) {
            ByteBuffer scratch = ByteBuffer.allocate(COPIED_BYTES);
            for (int at = 0; at < region.length(); at += region.read(at, scratch.clear())) {
                // its bytes are of no use
            }
        } catch (IOException e) {
            log.debug("a chunk that could not be sent can't be read either", e);
        }
    }

    /** Whether the peer has taken nothing for {@code nanos}, though there was something to take. */
    boolean isStalled(long nanos) {
        if (sending == null) {
            return false;
        }
        long bytes = sending instanceof FileRegion region ? region.transferred() : 0;
        if (bytes != progressBytes) {
            progressBytes = bytes;
            progressNanos = System.nanoTime();
        }
        return System.nanoTime() - progressNanos > nanos;
    }
}
