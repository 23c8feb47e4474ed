package io.tidepool.agent.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a channel read straight into landing memory while a body is on its way, so that the bytes aren't copied once more.
 * Belongs to one channel and its event loop.
 */
final class LandingAllocator implements RecvByteBufAllocator {
    private final RecvByteBufAllocator otherwise = new AdaptiveRecvByteBufAllocator();
    private final Supplier<@Nullable ByteBuffer> landing;

    /** @param landing what is to come of the body, and no more; null if none is on its way */
    LandingAllocator(Supplier<@Nullable ByteBuffer> landing) {
        this.landing = landing;
    }

    @Override
    @SuppressWarnings("deprecation") // the interface itself says so of its only method
    public Handle newHandle() {
        return new LandingHandle((ExtendedHandle) otherwise.newHandle());
    }

    private final class LandingHandle implements ExtendedHandle {
        private final ExtendedHandle handle;

        LandingHandle(ExtendedHandle handle) {
            this.handle = handle;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuffer memory = landing.get();
            return memory == null
                    ? handle.allocate(allocator)
                    : Unpooled.wrappedBuffer(memory).clear();
        }

        @Override
        public int guess() {
            return handle.guess();
        }

        @Override
        @SuppressWarnings("deprecation")
        public void reset(ChannelConfig config) {
            handle.reset(config);
        }

        @Override
        public void incMessagesRead(int count) {
            handle.incMessagesRead(count);
        }

        @Override
        public void lastBytesRead(int bytes) {
            handle.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return handle.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            handle.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return handle.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return handle.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return handle.continueReading(maybeMoreData);
        }

        @Override
        public void readComplete() {
            handle.readComplete();
        }
    }
}
