package io.tidepool.bench.simulate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One direction of a host's network link, or the bucket's: it carries the blocks of its flows in turn, one at a time.
 *
 * <p>So flows share it fairly, as TCP streams do, at the granularity of a block. A block occupies the sender's link for
 * its bytes at the sender's rate and the receiver's at the receiver's, overlapping: it arrives when both are done. A flow
 * has one block under way at a time, so a sender's turns do not go to a receiver whose link is the bottleneck.
 */
final class Link implements EventQueue.Event {
    private final EventQueue queue;
    private final double nanosPerByte;
    private final Deque<Flow> ready = new ArrayDeque<>();
    private boolean sending;
    /** When what it receives has been received. */
    private long freeAt;

    Link(EventQueue queue, double bitsPerSecond) {
        this.queue = queue;
        this.nanosPerByte = 8e9 / bitsPerSecond;
    }

    long now() {
        return queue.now();
    }

    private long nanos(int bytes) {
        return (long) (bytes * nanosPerByte);
    }

    /** A sender's link: {@code flow} has a block to send. */
    void enqueue(Flow flow) {
        ready.add(flow);
        if (!sending) {
            next();
        }
    }

    /** A block has left; the next one may. */
    @Override
    public void fire() {
        sending = false;
        next();
    }

    private void next() {
        Flow flow;
        while ((flow = ready.poll()) != null) {
            if (!flow.isOver()) {
                long left = queue.now() + nanos(flow.nextBytes());
                sending = true;
                queue.at(left, this);
                queue.at(Math.max(left, flow.receiverLink().receive(flow.nextBytes())), flow);
                return;
            }
        }
    }

    /** A sender's link: how long a block that comes now will take, with those before it. */
    long nanosToSend(int bytes) {
        return nanos(bytes) * (ready.size() + 1);
    }

    /** A receiver's link: how long what is on its way will take. */
    long nanosToReceive() {
        return Math.max(0, freeAt - queue.now());
    }

    /** A receiver's link: when {@code bytes} that come from now on have come. */
    private long receive(int bytes) {
        freeAt = Math.max(freeAt, queue.now()) + nanos(bytes);
        return freeAt;
    }
}
