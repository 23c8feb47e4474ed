package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.RunningClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FetchWindowTest {
    private static final ObjectVersion MODEL = new ObjectVersion("bucket", "model.bin", "1", 1L << 30);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int BLOCK = ChunkLayout.BLOCK_BYTES;

    private final long now = RunningClock.processNanos() + SECOND;
    private final FetchWindow window = new FetchWindow();
    private final List<Integer> entered = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() {
        threads.forEach(Thread::interrupt);
    }

    @Test
    void fewEnterAtFirstAndOthersInTheirOrder() throws Exception {
        for (int chunk = 0; chunk < 6; chunk++) {
            enter(chunk, new FillTicket(Priority.READ_AHEAD));
        }
        assertThat(entered).containsExactly(0, 1);
        window.ended(MODEL.chunk(1), 0, now);
        awaitEntered(3);
        window.ended(MODEL.chunk(0), 0, now);
        awaitEntered(4);
        assertThat(entered).containsExactly(0, 1, 2, 3);
        window.landed(1, SECOND / 2, true, now);
        awaitEntered(5);
        assertThat(entered).endsWith(4);
    }

    @Test
    void aReaderDoesNotWait() throws Exception {
        FillTicket joined = new FillTicket(Priority.READ_AHEAD);
        for (int chunk = 0; chunk < 3; chunk++) {
            enter(chunk, new FillTicket(Priority.READ_AHEAD));
        }
        enter(3, joined);
        enter(4, new FillTicket(Priority.DEMAND));
        assertThat(entered).containsExactly(0, 1, 4);
        joined.promote();
        awaitEntered(4);
        assertThat(entered).endsWith(3);
    }

    @Test
    void blocksThatComeSoonMakeItGrowAndLateOnesMakeItShrink() {
        assertThat(window.size()).isEqualTo(2);
        window.landed(30, 30 * (SECOND / 100), true, now);
        assertThat(window.size()).isEqualTo(32);
        window.landed(1, 2 * SECOND, true, now);
        assertThat(window.size()).isEqualTo(28);
        window.landed(100, 200 * SECOND, true, now);
        assertThat(window.size()).as("not to nothing").isEqualTo(2);
        window.landed(1, SECOND / 100, true, now + SECOND - 1);
        assertThat(window.size()).as("one was late just now").isEqualTo(2);
        window.landed(1000, SECOND, true, now + SECOND);
        assertThat(window.size()).as("nor beyond all bounds").isEqualTo(64);
    }

    @Test
    void itGrowsNoFurtherThanWhatTheLinkCarriesInTime() {
        window.landed(100, 100 * (SECOND / 4), true, now);
        assertThat(window.size()).as("one alone took a sixth of what may be").isEqualTo(6);
        for (int chunk = 0; chunk < 5; chunk++) {
            window.enter(MODEL.chunk(chunk), now);
        }
        window.landed(100, 100 * SECOND, true, now);
        assertThat(window.size()).as("each of five took two thirds").isEqualTo(8);
        window.landed(1, SECOND + 1, true, now);
        assertThat(window.size()).isEqualTo(8);
    }

    @Test
    void blocksCountOnceTheyAreWhole() {
        FetchWindow.Watch watch = window.watch(MODEL.chunk(0), true, BLOCK / 2, now);
        watch.received(BLOCK - 1, now + SECOND / 5);
        assertThat(window.size()).as("no block yet").isEqualTo(2);
        watch.received(BLOCK + 5, now + SECOND / 4);
        assertThat(window.size()).isEqualTo(3);
        watch.received(3 * BLOCK, now + 4 * SECOND);
        assertThat(window.size()).as("late").isEqualTo(2);
    }

    @Test
    void aSourceThatMayWaitItselfOnlyKeepsItFromGrowing() {
        FetchWindow.Watch watch = window.watch(MODEL.chunk(0), false, 0, now);
        watch.received(3 * BLOCK, now + 3 * SECOND / 10);
        assertThat(window.size()).isEqualTo(5);
        watch.received(4 * BLOCK, now + 39 * SECOND / 10);
        assertThat(window.size()).isEqualTo(5);
        window.landed(1, SECOND / 100, true, now + 48 * SECOND / 10);
        assertThat(window.size()).isEqualTo(5);
        window.landed(1, SECOND / 100, true, now + 49 * SECOND / 10);
        assertThat(window.size()).isEqualTo(6);
    }

    @Test
    void theOriginsLateBlocksMakeItShrinkToo() {
        window.landed(18, SECOND, true, now);
        FetchWindow.OriginWatch watch = window.new OriginWatch(MODEL.chunk(0));
        watch.received(1, now + 9 * SECOND);
        assertThat(window.size()).as("it waited, for whatever").isEqualTo(20);
        watch.received(1, now + 10 * SECOND);
        assertThat(window.size()).isEqualTo(20);
        watch.received(2, now + 14 * SECOND);
        assertThat(window.size()).isEqualTo(16);
        window.landed(1, SECOND / 100, true, now + 14 * SECOND);
        assertThat(window.size()).as("one was late just now").isEqualTo(16);
    }

    @Test
    void aSmallChunkSaysNothingOfTheLink() {
        ChunkId small = new ObjectVersion("bucket", "small", "1", 1000).chunk(0);
        window.watch(small, true, 0, now).received(1000, now + 1);
        FetchWindow.OriginWatch origin = window.new OriginWatch(small);
        origin.received(1, now);
        origin.received(1, now + 9 * SECOND);
        assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void aChunkThatIsFetchedAnewDoesNotWaitForItself() throws Exception {
        window.enter(MODEL.chunk(0), new FillTicket(Priority.READ_AHEAD));
        window.enter(MODEL.chunk(1), new FillTicket(Priority.READ_AHEAD));
        window.enter(MODEL.chunk(0), new FillTicket(Priority.READ_AHEAD));
        window.enter(MODEL.chunk(1), new FillTicket(Priority.READ_AHEAD));
    }

    @Test
    void itBeginsAnewAfterAPause() {
        window.enter(MODEL.chunk(0), now);
        window.landed(8, SECOND / 2, true, now);
        window.ended(MODEL.chunk(0), 0, now);
        window.enter(MODEL.chunk(1), now + SECOND - 1);
        assertThat(window.size()).isEqualTo(10);
        window.enter(MODEL.chunk(2), now + 20 * SECOND);
        assertThat(window.size()).as("it took long, but was no pause").isEqualTo(10);
        window.ended(MODEL.chunk(1), 0, now + 20 * SECOND);
        window.ended(MODEL.chunk(2), 0, now + 20 * SECOND);
        window.enter(MODEL.chunk(3), now + 21 * SECOND);
        assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void aChunkFromTheOriginCountsIfItWasFast() throws Exception {
        window.enter(MODEL.chunk(0), new FillTicket(Priority.READ_AHEAD));
        window.ended(MODEL.chunk(0), 8, now);
        assertThat(window.size()).isEqualTo(3);
        window.ended(MODEL.chunk(1), 8, now);
        assertThat(window.size()).as("it never entered").isEqualTo(3);
        window.enter(MODEL.chunk(2), new FillTicket(Priority.READ_AHEAD));
        window.ended(MODEL.chunk(2), 0, now);
        window.enter(MODEL.chunk(3), new FillTicket(Priority.READ_AHEAD));
        window.ended(MODEL.chunk(3), 8, now + 20 * SECOND);
        assertThat(window.size())
                .as("a peer's blocks are counted as they come; the origin may be slow")
                .isEqualTo(3);
    }

    @Test
    void theLastToComeGiveWayWhereTheLinkGotSlow() throws Exception {
        FillTicket ahead = new FillTicket(Priority.READ_AHEAD);
        window.landed(6, SECOND / 100, true, now);
        for (int chunk = 0; chunk < 8; chunk++) {
            assertThat(isOneTooMany(chunk, ahead)).isFalse();
            window.enter(MODEL.chunk(chunk), ahead);
        }
        window.landed(5, 10 * SECOND, true, now);
        assertThat(window.size()).isEqualTo(4);
        assertThat(isOneTooMany(7, ahead)).as("twice its size").isFalse();
        window.landed(100, 200 * SECOND, true, now);
        assertThat(IntStream.range(0, 8).filter(chunk -> isOneTooMany(chunk, ahead)))
                .containsExactly(4, 5, 6, 7);
        assertThat(isOneTooMany(7, new FillTicket(Priority.DEMAND))).isFalse();

        enter(8, new FillTicket(Priority.READ_AHEAD));
        giveWay(7, new FillTicket(Priority.READ_AHEAD));
        giveWay(6, new FillTicket(Priority.READ_AHEAD));
        giveWay(5, new FillTicket(Priority.DEMAND));
        assertThat(entered).as("a reader's doesn't wait").containsExactly(5);
        for (int chunk = 0; chunk < 5; chunk++) {
            window.ended(MODEL.chunk(chunk), 0, now);
        }
        awaitEntered(2);
        window.ended(MODEL.chunk(5), 0, now);
        awaitEntered(3);
        window.ended(MODEL.chunk(6), 0, now);
        awaitEntered(4);
        assertThat(entered).as("before those that came later").containsExactly(5, 6, 7, 8);
    }

    private boolean isOneTooMany(int chunk, FillTicket ticket) {
        return window.isOneTooMany(MODEL.chunk(chunk), ticket);
    }

    private void enter(int chunk, FillTicket ticket) throws InterruptedException {
        begin(chunk, () -> window.enter(MODEL.chunk(chunk), ticket));
    }

    private void giveWay(int chunk, FillTicket ticket) throws InterruptedException {
        begin(chunk, () -> window.giveWay(MODEL.chunk(chunk), ticket));
    }

    private interface Entry {
        void enter() throws InterruptedException;
    }

    /** Enters on a thread of its own, and waits until it waits or is in. */
    private void begin(int chunk, Entry entry) throws InterruptedException {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                entry.enter();
                entered.add(chunk);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        threads.add(thread);
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.sleep(1);
        }
    }

    private void awaitEntered(int count) throws InterruptedException {
        while (entered.size() < count) {
            Thread.sleep(5);
        }
    }
}
