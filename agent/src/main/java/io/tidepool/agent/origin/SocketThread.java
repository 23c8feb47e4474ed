package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking socket calls where an interrupt ends them: on a virtual thread, whose interrupt closes the socket that
 * it waits for. On a platform thread a reader who went away would be held until the socket's timeout.
 */
final class SocketThread {
    private SocketThread() {}

    /** A call that fails as origins do. */
    interface Call<T> {
        T run() throws ChunkException, InterruptedException;
    }

    /**
     * Runs {@code call}; when interrupted, returns as soon as the call has let go of what it writes to.
     *
     * <p>Only looking up a host name can't be interrupted, which takes the resolver's timeout: 10 s, by default.
     */
    static <T> T write(Call<T> call) throws ChunkException, InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            return call.run();
        }
        FutureTask<T> task = new FutureTask<>((Callable<T>) call::run);
        Thread thread = start(task);
        try {
            return result(task);
        } catch (InterruptedException e) {
            thread.interrupt();
            joinUninterruptibly(thread);
            throw e;
        }
    }

    /** Runs {@code call}, which writes to nothing of the caller's; when interrupted, returns at once. */
    static <T> T ask(Call<T> call) throws ChunkException, InterruptedException {
        FutureTask<T> task = new FutureTask<>((Callable<T>) call::run);
        Thread thread = start(task);
        try {
            return result(task);
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    /** Starts {@code task} on a thread that its cancellation gets out of any socket. */
    static Thread start(FutureTask<?> task) {
        return Thread.ofVirtual().name("origin").start(task);
    }

    private static <T> T result(FutureTask<T> task) throws ChunkException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    /** Throws what the call threw. */
    static RuntimeException failure(@Nullable ExecutionException e) throws ChunkException, InterruptedException {
        switch (e == null ? null : e.getCause()) {
            case ChunkException c -> throw c;
            case InterruptedException i -> throw i;
            case Error error -> throw error;
            case RuntimeException r -> throw r;
            case null, default -> throw new IllegalStateException(e);
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
