package io.tidepool.fuse.jnr;

import java.lang.foreign.Arena;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the threads that take requests from the kernel: receive, process, again, until the mount has ended. A platform
 * thread of the JVM, so that libfuse's callbacks find it attached already; with a request buffer and a read buffer of its
 * own, so that threads share nothing.
 */
final class SessionThread extends Thread {
    private static final Logger log = LoggerFactory.getLogger(SessionThread.class);
    private static final int EINTR = -4;
    private static final int EAGAIN = -11;

    private final Session session;
    private final Runnable processedOne;
    private final ReadBuffer readBuffer = new ReadBuffer();

    /** @param processedOne called after each request was processed; cheap */
    SessionThread(String name, Session session, Runnable processedOne) {
        super(name);
        this.session = session;
        this.processedOne = processedOne;
        setDaemon(true);
    }

    /** The session thread that runs this code: libfuse's callbacks come on no other. */
    static SessionThread current() {
        return (SessionThread) Thread.currentThread();
    }

    ReadBuffer readBuffer() {
        return readBuffer;
    }

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            long requestBytes = session.requestBytes();
            long request = arena.allocate(requestBytes, 4096).address();
            long buffer = arena.allocate(Layout.BUF_BYTES, 8).address();
            long channelOut = arena.allocate(8, 8).address();
            Memory.putLong(buffer + Layout.BUF_MEMORY, request);
            for (; ; ) {
                Memory.putLong(buffer + Layout.BUF_SIZE, requestBytes);
                int size = session.receive(buffer, channelOut);
                if (size > 0) {
                    process(buffer, channelOut);
                } else if (size != EINTR && size != EAGAIN) {
                    if (size < 0) {
                        log.error("Reading requests from the kernel failed with errno {}; the mount ends", -size);
                    }
                    return;
                }
            }
        }
    }

    /** Whatever goes wrong with one request, the thread goes on to the next. */
    private void process(long buffer, long channelOut) {
        try {
            session.process(buffer, channelOut);
            processedOne.run();
        } catch (Throwable e) {
            log.error("A request from the kernel could not be processed", e);
        }
    }
}
