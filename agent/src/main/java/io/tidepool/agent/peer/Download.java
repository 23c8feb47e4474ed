package io.tidepool.agent.peer;

import io.netty.buffer.ByteBuf;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One answer's body on its way into landing memory: between the event loop, which writes behind the watermark, and the
 * fill's thread, which checks what has come and advances.
 */
final class Download {
    private final ChunkId id;
    private final int offset;
    /** From the offset to the chunk's end; the event loop's. */
    private final ByteBuffer target;

    private final Thread filler = Thread.currentThread();
    private volatile int received;
    private volatile int wanted = Integer.MAX_VALUE;
    private volatile @Nullable Outcome end;
    private volatile boolean answered;

    // The event loop's:
    /** Received, but perhaps not told yet. */
    private int taken;
    /** Nothing may be written any more. */
    private boolean detached;

    /** On the fill's thread. */
    Download(ChunkId id, LandingBuffer into) {
        this.id = id;
        this.offset = into.watermark();
        this.target = into.writable();
    }

    ChunkId id() {
        return id;
    }

    /** Where in the chunk the answer begins. */
    int offset() {
        return offset;
    }

    /** Bytes that the answer must have. */
    int length() {
        return target.capacity();
    }

    // ---- the event loop

    /** The head of an answer has come, whatever it says. */
    void answered() {
        answered = true;
    }

    /** What is to come; null if nothing may. */
    @Nullable
    ByteBuffer toCome() {
        return detached || taken == length() ? null : target.slice(taken, length() - taken);
    }

    /**
     * Takes the next bytes of the body; they may lie where they belong already. {@link #tell} follows.
     *
     * @return false if there are too many
     */
    boolean take(ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (detached || count > length() - taken) {
            return false;
        }
        if (count > 0) {
            ByteBuffer from = bytes.nioBuffer();
            ByteBuffer to = target.slice(taken, count);
            if (!isSame(from, to)) {
                to.put(from);
            }
            taken += count;
        }
        return true;
    }

    /** Tells the fill's thread of what was taken. With the last bytes it is done, and may use the connection again. */
    void tell() {
        received = taken;
        if (taken >= wanted) {
            LockSupport.unpark(filler);
        }
    }

    private static boolean isSame(ByteBuffer a, ByteBuffer b) {
        return a.isDirect()
                && MemorySegment.ofBuffer(a).address()
                        == MemorySegment.ofBuffer(b).address();
    }

    boolean isWhole() {
        return taken == length();
    }

    /** Bytes from here to the end of the block: with fewer, nobody can do anything. */
    int toBlockEnd() {
        int here = offset + taken;
        return ChunkLayout.blockEnd(here, id.length()) - here;
    }

    void end(Outcome outcome) {
        if (end == null) {
            end = outcome;
            LockSupport.unpark(filler);
        }
    }

    void detach() {
        detached = true;
    }

    // ---- the fill's thread

    int received() {
        return received;
    }

    boolean wasAnswered() {
        return answered;
    }

    /** Why no more will come, once that is so and {@code count} bytes have not; else null, after {@code nanos} at most. */
    @Nullable
    Outcome await(int count, long nanos) throws InterruptedException {
        wanted = count;
        if (received < count && end == null) {
            LockSupport.parkNanos(this, nanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return received < count ? end : null;
    }
}
