package io.tidepool.agent.api;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidepool.agent.chunk.ChunkException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one call, written by a virtual thread of its own that may block: on the core's work, and on its reader.
 *
 * <p>gRPC queues whatever it is given. So a worker asks {@link #awaitReady} before it makes the next message; it returns
 * while less than {@link #QUEUED_BYTES} are queued, which bounds a stream to that plus one message, however slow its reader
 * is. Two messages, not one, so that the next is being read while the last is being sent.
 *
 * <p>When the caller cancels, goes away or runs out of time, the worker is interrupted. It alone sends; gRPC's callbacks
 * only wake it.
 */
final class ReplyStream<T> {
    /**
     * One message of {@code Read} at its largest, and some room for its envelope. gRPC counts a message as queued until all
     * of it is on its way, so with less than this there would never be two.
     */
    static final int QUEUED_BYTES = (1 << 20) + (64 << 10);

    private static final Logger log = LoggerFactory.getLogger(ReplyStream.class);

    private final ServerCallStreamObserver<T> call;
    private final Duration stuckAfter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition becameReady = lock.newCondition();

    /** What a call does; returning ends it with OK. */
    @FunctionalInterface
    interface Work<T> {
        void run(ReplyStream<T> out) throws ChunkException, InterruptedException;
    }

    private ReplyStream(ServerCallStreamObserver<T> call, Duration stuckAfter) {
        this.call = call;
        this.stuckAfter = stuckAfter;
    }

    /**
     * Answers a call by {@code work}. To be called by the service's method, which then returns.
     *
     * @param stuckAfter the longest time that a reader may take nothing
     */
    static <T> void serve(StreamObserver<T> observer, Duration stuckAfter, Work<T> work) {
        ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) observer;
        call.setOnReadyThreshold(QUEUED_BYTES);
        ReplyStream<T> stream = new ReplyStream<>(call, stuckAfter);
        Thread worker = Thread.ofVirtual().name("grpc-call").unstarted(() -> stream.run(work));
        call.setOnReadyHandler(stream::wake);
        call.setOnCancelHandler(worker::interrupt);
        worker.start();
    }

    /** Waits until a message may be sent. */
    void awaitReady() throws ChunkException, InterruptedException {
        if (Thread.interrupted() || call.isCancelled()) {
            throw new InterruptedException();
        }
        if (call.isReady()) {
            return;
        }
        long leftNanos = stuckAfter.toNanos();
        lock.lockInterruptibly();
        try {
            while (!call.isReady()) {
                if (leftNanos <= 0) {
                    throw new ChunkException(
                            ChunkException.Kind.DEADLINE,
                            "the client took nothing for " + stuckAfter.toSeconds() + " s");
                }
                leftNanos = becameReady.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it may be sent, and sends it. */
    void send(T message) throws ChunkException, InterruptedException {
        awaitReady();
        call.onNext(message);
    }

    /** Sends it if that needs no waiting. For news that the next news replaces. */
    void offer(T message) {
        if (call.isReady()) {
            call.onNext(message);
        }
    }

    /** Waits until the caller ends the call. */
    void awaitCancel() throws InterruptedException {
        while (!call.isCancelled()) {
            TimeUnit.DAYS.sleep(1);
        }
    }

    private void wake() {
        lock.lock();
        try {
            becameReady.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run(Work<T> work) {
        try {
            work.run(this);
            call.onCompleted();
        } catch (InterruptedException e) {
            fail(GrpcErrors.interrupted());
        } catch (ChunkException e) {
            fail(GrpcErrors.of(e));
        } catch (StatusRuntimeException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            log.error("a call failed by a defect of the agent", e);
            fail(GrpcErrors.defect(e));
        }
    }

    private void fail(StatusRuntimeException why) {
        if (!call.isCancelled()) {
            call.onError(why);
        }
    }
}
