package io.tidepool.fuse.jnr;

import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FuseException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that may take long, each on a virtual thread of its own, so that none of them holds a session thread.
 *
 * <p>When the process behind a request gets a signal, the kernel sends INTERRUPT, libfuse calls our interrupt function with
 * the number that we gave to the request, and we interrupt its thread. A thread serves one request only, so that an
 * interrupt that comes too late hits nobody. Numbers, not addresses: libfuse uses a request's memory again.
 *
 * <p>Thread-safe.
 */
final class WaitingRequests {
    private static final Logger log = LoggerFactory.getLogger(WaitingRequests.class);

    /** What to do for a request; it gives the reply itself, unless it fails. */
    @FunctionalInterface
    interface Work {
        void answer(Reply reply) throws FuseException, InterruptedException;
    }

    private final LibFuse lib;
    private final ConcurrentHashMap<Long, Thread> threads = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();
    // A field, not a temporary: what libfuse calls must not be collected.
    private final Callback.Words2 interrupt = (request, number) -> interrupt(number);
    private final Pointer interruptFunction =
            Runtime.getSystemRuntime().getClosureManager().getClosurePointer(Callback.Words2.class, interrupt);

    WaitingRequests(LibFuse lib) {
        this.lib = lib;
    }

    /** Starts the work for a request. Called on a session thread, while libfuse has the request in hand. */
    void start(long request, Work work) {
        long number = lastNumber.incrementAndGet();
        Reply reply = new Reply(lib, request);
        Thread thread = Thread.ofVirtual()
                .name("tidepool-fuse-request-", number)
                .unstarted(() -> {
                    try {
                        run(reply, work);
                    } finally {
                        threads.remove(number);
                    }
                });
        threads.put(number, thread);
        try {
            // Before the start: the reply frees the request. A signal that came already calls us back from here.
            lib.fuse_req_interrupt_func(request, interruptFunction.address(), number);
            thread.start();
        } catch (Throwable e) {
            threads.remove(number);
            log.error("Cannot start a thread for a file system request; answered EIO", e);
            reply.error(Errno.EIO);
        }
    }

    /** Does the work here and now; whatever it throws becomes the answer. Nothing gets past this method. */
    static void run(Reply reply, Work work) {
        Errno errno;
        try {
            work.answer(reply);
            return;
        } catch (FuseException e) {
            errno = e.errno();
        } catch (InterruptedException e) {
            errno = Errno.EINTR;
        } catch (Throwable e) {
            log.error("A file system request failed unexpectedly; answered EIO", e);
            errno = Errno.EIO;
        }
        if (!reply.isGiven()) {
            reply.error(errno);
        }
    }

    /** Interrupts all that is under way, and waits until it has ended; false if some hasn't after that time. */
    boolean end(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!threads.isEmpty()) {
            threads.values().forEach(Thread::interrupt);
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    private void interrupt(long number) {
        Thread thread = threads.get(number);
        if (thread != null) {
            thread.interrupt();
        }
    }
}
