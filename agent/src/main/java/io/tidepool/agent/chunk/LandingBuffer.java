package io.tidepool.agent.chunk;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory that one chunk is filled into, and that readers may read up to its watermark while it fills.
 *
 * <pre>
 *   0            watermark            length       capacity
 *   |##### landed ####|.... to come ....|   unused    |
 *        readers            the filler
 * </pre>
 *
 * <p>Exactly one thread fills it ({@link #writable}, {@link #advance} or {@link #advanceBlock}, then {@link #complete} or {@link #fail}); any
 * number wait and read. The bytes below the watermark never change until the pool takes the buffer back, which its owner
 * does only when no lease is left. The checksum of each block is computed as it lands, while its bytes are in the CPU's
 * cache.
 *
 * <p>A buffer may be {@linkplain #holdBack held back}: then readers see nothing of it before it is complete, and until then
 * the filler may begin anew.
 */
public final class LandingBuffer {
    private static final ByteBuffer NONE = ByteBuffer.allocateDirect(0);

    private final int length;
    private final int[] blockCrc32c;
    private final CRC32C crc = new CRC32C();
    private final ReentrantLock lock = new ReentrantLock();
    /** Who waits, the one with the least to wait for first; guarded by {@link #lock}. */
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingInt(Waiter::count));
    /** What the first of them waits for; {@code MAX_VALUE} if there is none. */
    private volatile int lowestWanted = Integer.MAX_VALUE;

    private ByteBuffer memory = NONE;
    private int crcPosition;
    private volatile int watermark;
    private volatile boolean heldBack;
    private volatile boolean ended;
    private volatile @Nullable ChunkException failure;
    private long crc64;
    private boolean hasCrc64;

    /**
     * A buffer without memory yet: readers may wait on it already.
     *
     * @param length of the chunk in bytes
     */
    public LandingBuffer(int length) {
        this.length = length;
        this.blockCrc32c = new int[ChunkLayout.blockCount(length)];
    }

    /**
     * @param memory direct, of at least {@code length} bytes; owned by the pool that lent it
     * @param length of the chunk in bytes
     */
    public LandingBuffer(ByteBuffer memory, int length) {
        this(length);
        attach(memory);
    }

    /** For the pool: lends {@code memory}, before the filler starts. */
    public void attach(ByteBuffer lent) {
        if (lent.capacity() < length) {
            throw new IllegalArgumentException(lent.capacity() + " bytes of memory for a chunk of " + length);
        }
        memory = lent;
    }

    /** For the pool: takes the memory back, empty if there was none. Nobody may read any more. */
    public ByteBuffer detach() {
        ByteBuffer lent = memory;
        memory = NONE;
        return lent;
    }

    public int length() {
        return length;
    }

    /** Bytes that have landed. */
    public int watermark() {
        return watermark;
    }

    public boolean isFull() {
        return watermark == length;
    }

    /** Before the filler starts: shows readers nothing before {@link #complete}, so that all can be checked first. */
    public void holdBack() {
        heldBack = true;
    }

    public boolean isHeldBack() {
        return heldBack;
    }

    /** Filler only, of a buffer that is held back: what has landed counts for nothing. */
    public void restart() {
        if (!heldBack) {
            throw new IllegalStateException("readers may have seen what has landed");
        }
        watermark = 0;
        crcPosition = 0;
        crc.reset();
        hasCrc64 = false;
    }

    /** How far readers may read now. */
    public int readable() {
        return heldBack ? 0 : watermark;
    }

    /** Filler only: a view of what is still to come, from the watermark to the length. */
    public ByteBuffer writable() {
        return memory.slice(watermark, length - watermark);
    }

    /** Filler only: publishes the {@code count} bytes after the watermark to readers. */
    public void advance(int count) {
        int landed = watermark + count;
        if (count < 0 || landed > length) {
            throw new IllegalArgumentException("advance by " + count + " at " + watermark + " of " + length);
        }
        checksum(landed);
        watermark = landed;
        wakeReaders();
    }

    /**
     * Filler only: publishes what is left of the block after the watermark, if the whole block's CRC32C is {@code expected}.
     *
     * @return false if it isn't; then nothing has changed, and other bytes may be tried
     */
    public boolean advanceBlock(int expected) {
        int start = watermark;
        int block = start / ChunkLayout.BLOCK_BYTES;
        int blockStart = block * ChunkLayout.BLOCK_BYTES;
        int blockEnd = ChunkLayout.blockEnd(start, length);
        if (blockEnd == start) {
            throw new IllegalStateException("no block after " + start + " of " + length);
        }
        checksum(blockEnd);
        if (blockCrc32c[block] == expected) {
            watermark = blockEnd;
            wakeReaders();
            return true;
        }
        crcPosition = blockStart;
        checksum(start);
        return false;
    }

    private void checksum(int landed) {
        while (crcPosition < landed) {
            int block = crcPosition / ChunkLayout.BLOCK_BYTES;
            int blockEnd = ChunkLayout.blockEnd(crcPosition, length);
            int until = Math.min(blockEnd, landed);
            crc.update(memory.slice(crcPosition, until - crcPosition));
            crcPosition = until;
            if (until == blockEnd) {
                blockCrc32c[block] = (int) crc.getValue();
                crc.reset();
            }
        }
    }

    /** CRC32C of each block that has landed whole; the array is the buffer's own. */
    public int[] blockCrc32c() {
        return blockCrc32c;
    }

    /** Filler only: the chunk's CRC64-ECMA, which whoever fetched it from the origin computed. */
    public void setCrc64(long value) {
        crc64 = value;
        hasCrc64 = true;
    }

    public boolean hasCrc64() {
        return hasCrc64;
    }

    public long crc64() {
        return crc64;
    }

    /** Filler only: no more bytes will come, and all have. */
    public void complete() {
        if (!isFull()) {
            throw new IllegalStateException("complete at " + watermark + " of " + length);
        }
        heldBack = false;
        end(null);
    }

    /** Filler only: no more bytes will come. Those below the watermark stay readable. */
    public void fail(ChunkException why) {
        end(why);
    }

    /** Whether no more bytes will come. */
    public boolean isEnded() {
        return ended;
    }

    private void end(@Nullable ChunkException why) {
        failure = why;
        ended = true;
        wakeReaders();
    }

    /**
     * Wakes those whose bytes have landed. Nobody else: the kernel's read-ahead has dozens waiting for one chunk, and a
     * slow origin lands it in hundreds of pieces.
     */
    private void wakeReaders() {
        // Ordered after the volatile write of the watermark; a reader says what it wants before it looks at the
        // watermark.
        int wanted = lowestWanted;
        if (wanted == Integer.MAX_VALUE || (readable() < wanted && !ended)) {
            return;
        }
        List<Runnable> actions = new ArrayList<>(0);
        lock.lock();
        try {
            while (!waiters.isEmpty() && (ended || waiters.peek().count <= readable())) {
                Waiter waiter = waiters.remove();
                if (waiter.wake instanceof Condition woken) {
                    woken.signal();
                } else {
                    actions.add((Runnable) waiter.wake);
                }
            }
            noteLowestWanted();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    private void noteLowestWanted() {
        Waiter first = waiters.peek();
        lowestWanted = first == null ? Integer.MAX_VALUE : first.count;
    }

    /**
     * Waits until {@code count} bytes have landed.
     *
     * @throws ChunkException if the fill failed before that, or {@code deadline} passed
     */
    public void await(int count, Deadline deadline) throws ChunkException, InterruptedException {
        if (readable() >= count) {
            return;
        }
        lock.lockInterruptibly();
        Condition woken = lock.newCondition();
        Waiter waiter = new Waiter(count, woken);
        try {
            waiters.add(waiter);
            noteLowestWanted();
            while (readable() < count) {
                if (ended) {
                    throw failed();
                }
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    throw new ChunkException(
                            ChunkException.Kind.DEADLINE, "no bytes within the deadline (" + watermark + " landed)");
                }
                woken.await(left, TimeUnit.NANOSECONDS);
            }
        } finally {
            if (waiters.remove(waiter)) {
                noteLowestWanted();
            }
            lock.unlock();
        }
    }

    /** Blocks that can be read whole. */
    public int landedBlocks() {
        int bytes = readable();
        return bytes == length ? ChunkLayout.blockCount(bytes) : bytes / ChunkLayout.BLOCK_BYTES;
    }

    /** Hears that there are {@code landed} whole blocks now, and were {@code before}. */
    @FunctionalInterface
    public interface BlocksListener {
        void landed(int before, int landed);
    }

    /** Tells {@code listener}, as {@link #whenReadable} does, each time that there are more whole blocks than {@code before}. */
    public void onBlocks(int before, BlocksListener listener) {
        if (before < ChunkLayout.blockCount(length)) {
            whenReadable(Math.min((before + 1) * ChunkLayout.BLOCK_BYTES, length), () -> {
                int landed = landedBlocks();
                if (landed > before) {
                    listener.landed(before, landed);
                    onBlocks(landed, listener);
                }
            });
        }
    }

    /**
     * Runs {@code action} once, as soon as {@code count} bytes can be read or no more will come: at once if that is so
     * already, else on the filler's thread, which it must not hold up.
     */
    public void whenReadable(int count, Runnable action) {
        if (readable() < count && !ended) {
            lock.lock();
            try {
                Waiter waiter = new Waiter(count, action);
                waiters.add(waiter);
                noteLowestWanted();
                // As in await: looks again after it said what it wants.
                if (readable() < count && !ended) {
                    return;
                }
                waiters.remove(waiter);
                noteLowestWanted();
            } finally {
                lock.unlock();
            }
        }
        action.run();
    }

    /** Someone who waits until {@code count} bytes have landed. Compared by identity: several may want the same. */
    private static final class Waiter {
        private final int count;
        /** A {@link Condition} that a thread waits for, or a {@link Runnable}. */
        private final Object wake;

        Waiter(int count, Object wake) {
            this.count = count;
            this.wake = wake;
        }

        int count() {
            return count;
        }
    }

    private ChunkException failed() {
        ChunkException why = failure;
        return why == null
                ? new ChunkException(ChunkException.Kind.INTERNAL, "read past the end of a chunk of " + length)
                : why.copy();
    }

    /** Copies landed bytes from {@code offset} into {@code into}, as many as fit and have landed; never waits. */
    public int copy(int offset, ByteBuffer into) {
        int count = Math.min(into.remaining(), readable() - offset);
        if (count <= 0) {
            return 0;
        }
        into.put(memory.slice(offset, count));
        return count;
    }

    /** A read-only view of the landed bytes. */
    public ByteBuffer landed() {
        // The watermark first: reading it makes the memory that was attached before it visible.
        int landed = watermark;
        return memory.slice(0, landed).asReadOnlyBuffer();
    }
}
