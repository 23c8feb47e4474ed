package io.tidepool.bench.simulate;

import java.util.function.IntToLongFunction;

/** The blocks of one chunk on their way from a host or the bucket to a host, one after the other. */
final class Flow implements EventQueue.Event {
    private final Link from;
    private final Link to;
    private final ChunkTask receiver;
    private final ChunkSizes sizes;
    private int block;
    private int available;
    private boolean underWay;
    private long wokenAt;
    private long expectedNanos;
    private boolean over;
    private Runnable atEnd = () -> {};
    private IntToLongFunction contents = block -> 0;

    /** @param firstBlock the first one to send */
    Flow(Link from, Link to, ChunkTask receiver, ChunkSizes sizes, int firstBlock) {
        this.from = from;
        this.to = to;
        this.receiver = receiver;
        this.sizes = sizes;
        this.block = firstBlock;
    }

    Link receiverLink() {
        return to;
    }

    ChunkTask receiver() {
        return receiver;
    }

    int nextBytes() {
        return sizes.blockBytes(receiver.chunk(), block);
    }

    /** How much of the block that is under way would have arrived, did links carry bytes instead of blocks. */
    int bytesUnderWay(long now) {
        if (!underWay) {
            return 0;
        }
        double part = (double) (now - wokenAt) / Math.max(1, expectedNanos);
        return (int) (Math.min(1, part) * nextBytes());
    }

    boolean isOver() {
        return over;
    }

    /** What the sender does when it is over, however it ends. */
    void atEnd(Runnable action) {
        atEnd = action;
    }

    /** What the sender sends for each block. */
    void sends(IntToLongFunction blocks) {
        contents = blocks;
    }

    long content(int atBlock) {
        return contents.applyAsLong(atBlock);
    }

    /** The sender has that many blocks of the chunk now. */
    void offer(int blocks) {
        available = blocks;
        wake();
    }

    private void wake() {
        if (!over && !underWay && block < available) {
            underWay = true;
            wokenAt = from.now();
            expectedNanos = Math.max(from.nanosToSend(nextBytes()), to.nanosToReceive());
            from.enqueue(this);
        }
    }

    /** A block has arrived. */
    @Override
    public void fire() {
        if (!over) {
            underWay = false;
            receiver.arrived(this, block++);
            wake();
        }
    }

    void end() {
        if (!over) {
            over = true;
            atEnd.run();
        }
    }
}
