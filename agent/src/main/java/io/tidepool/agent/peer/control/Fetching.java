package io.tidepool.agent.peer.control;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.peer.Sums;
import io.tidepool.agent.peer.control.TrackerClient.Reply;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One chunk that this host is fetching, as far as trackers have to do with it; made by {@link TrackerClient#begin}. */
public final class Fetching {
    private final ChunkId id;
    private final LandingBuffer buffer;
    private final Sums sums;
    private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
    /** Whether it comes from the origin under a lease. */
    private volatile boolean leased;

    private volatile boolean fromOrigin;

    // The client's loop only:
    /** The ask that waits for an answer. */
    private @Nullable Want want;

    private String tracker = "";

    Fetching(ChunkId id, LandingBuffer buffer) {
        this.id = id;
        this.buffer = buffer;
        this.sums = new Sums(ChunkSums.NONE);
    }

    public ChunkId id() {
        return id;
    }

    /** What is known of its checksums; grows while the chunk is fetched. */
    public Sums sums() {
        return sums;
    }

    Stretch stretch() {
        return Stretch.of(id);
    }

    /** What it is fetched into. */
    public LandingBuffer buffer() {
        return buffer;
    }

    /** What it still lacks comes from the origin, under a lease or without one. */
    public void setFromOrigin() {
        fromOrigin = true;
    }

    public boolean isFromOrigin() {
        return fromOrigin;
    }

    boolean isLeased() {
        return leased;
    }

    void setLeased(boolean value) {
        leased = value;
    }

    Reply poll(long nanos) throws InterruptedException {
        Reply reply = replies.poll(nanos, TimeUnit.NANOSECONDS);
        return reply == null ? new Reply.Late() : reply;
    }

    void forgetReplies() {
        replies.clear();
    }

    // ---- the client's loop

    void ask(Want asked) {
        want = asked;
    }

    @Nullable
    Want want() {
        return want;
    }

    /** Gives the reply to whoever waits for it. */
    void reply(Reply reply) {
        want = null;
        replies.add(reply);
    }

    String tracker() {
        return tracker;
    }

    void setTracker(String host) {
        tracker = host;
    }

    /** What a new tracker must know of it. */
    Held held() {
        return new Held(id.index(), leased ? landed() : null, false);
    }

    /** The checksums of the blocks that have landed. */
    ChunkSums landed() {
        return new ChunkSums(Arrays.copyOf(buffer.blockCrc32c(), buffer.landedBlocks()), OptionalLong.empty());
    }
}
