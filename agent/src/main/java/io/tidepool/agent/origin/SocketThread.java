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

    static <T> T run(Call<T> call) throws ChunkException, InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            return call.run();
        }
        FutureTask<T> task = new FutureTask<>((Callable<T>) call::run);
        Thread thread = Thread.ofVirtual().name("origin").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            // Its landing buffer is not ours to give back before it has let go of it.
            thread.interrupt();
            joinUninterruptibly(thread);
            throw e;
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
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

    private static RuntimeException rethrown(@Nullable Throwable cause) throws ChunkException, InterruptedException {
        switch (cause) {
            case ChunkException e -> throw e;
            case InterruptedException e -> throw e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case null, default -> throw new IllegalStateException(cause);
        }
    }
}
