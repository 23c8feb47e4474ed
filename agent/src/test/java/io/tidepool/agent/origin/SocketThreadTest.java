package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketThreadTest {
    @Test
    void anAskerLeavesAtOnceThoughTheCallCannotBeInterrupted() throws Exception {
        Semaphore release = new Semaphore(0);
        Duration held = interruptAfterStart(() -> SocketThread.ask(() -> uninterruptible(release)));
        assertThat(held).isLessThan(Duration.ofSeconds(2));
        release.release();
    }

    @Test
    void aWriterStaysUntilTheCallHasLetGo() throws Exception {
        Semaphore release = new Semaphore(0);
        AtomicBoolean done = new AtomicBoolean();
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            release.release();
        });
        interruptAfterStart(() -> SocketThread.write(() -> {
            uninterruptible(release);
            done.set(true);
            return done;
        }));
        assertThat(done).isTrue();
    }

    @Test
    void failuresComeThroughAsTheyAre() {
        ChunkException failure = new ChunkException(Kind.CORRUPT, "x");
        assertThatThrownBy(() -> SocketThread.ask(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        IllegalStateException bug = new IllegalStateException();
        assertThatThrownBy(() -> SocketThread.write(() -> {
                    throw bug;
                }))
                .isSameAs(bug);
    }

    /** As looking up a host name is. */
    private static boolean uninterruptible(Semaphore release) {
        release.acquireUninterruptibly();
        return true;
    }

    private interface Blocking {
        void run() throws ChunkException, InterruptedException;
    }

    /** How long a platform thread took to leave {@code call} after its interrupt. */
    private static Duration interruptAfterStart(Blocking call) throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                call.run();
            } catch (InterruptedException e) {
                interrupted.set(true);
            } catch (ChunkException e) {
                throw new AssertionError(e);
            }
        });
        Thread.sleep(100);
        long start = System.nanoTime();
        thread.interrupt();
        thread.join();
        assertThat(interrupted).isTrue();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
