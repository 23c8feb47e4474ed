package io.tidepool.agent.api;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.tidepool.agent.chunk.LandingBuffer;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * Landed bytes on their way into a socket, straight from landing memory. The event loop asks for them when the socket has
 * room; {@link #cut} ends that, so that a slow socket doesn't keep the memory. Belongs to the event loop.
 */
final class LandedRegion extends AbstractReferenceCounted implements FileRegion {
    private final LandingBuffer buffer;
    private final int position;
    private int count;
    private int transferred;

    /** @param count of bytes from {@code position} on, all landed; whoever makes it keeps a lease until it is sent or cut */
    LandedRegion(LandingBuffer buffer, int position, int count) {
        this.buffer = buffer;
        this.position = position;
        this.count = count;
    }

    /** Sends no more than was sent already, and reads the memory no more. */
    void cut() {
        count = transferred;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long transferTo(WritableByteChannel target, long from) throws IOException {
        int start = (int) from;
        if (start >= count) {
            return 0;
        }
        int written = target.write(buffer.landed().slice(position + start, count - start));
        if (written > 0) {
            transferred = start + written;
        }
        return written;
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        cut();
    }
}
