package io.tidepool.fuse.jnr;

import io.tidepool.fuse.FileSystem;
import io.tidepool.fuse.Mount;
import io.tidepool.fuse.MountException;
import io.tidepool.fuse.MountInfo;
import io.tidepool.fuse.MountOptions;
import io.tidepool.fuse.MountPoints;
import io.tidepool.fuse.Unmount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount through libfuse2: see docs/adr/0001 for why its low-level API, and why with threads of our own.
 *
 * <p>Life: session threads serve from the constructor on; they end when the kernel says that the mount is gone, whoever
 * unmounted it. A keeper thread waits for that, ends what is still being answered, frees libfuse's session and completes
 * {@link #ended}. {@link #close} only unmounts, and waits for the keeper.
 */
public final class JnrMount implements Mount {
    private static final Logger log = LoggerFactory.getLogger(JnrMount.class);
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
    /** How long session threads take, at most, to see that the kernel has no more requests. */
    private static final Duration THREAD_END_TIMEOUT = Duration.ofSeconds(1);

    /** How long requests get to end by themselves once they are interrupted. */
    private static final Duration REQUEST_END_TIMEOUT = Duration.ofSeconds(5);

    private final Path point;
    private final MountOptions options;
    private final WaitingRequests waiting;
    private final Operations operations;
    private final Session session;
    private final List<SessionThread> threads = new ArrayList<>();
    private final CountDownLatch serving = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private String device = "";

    /**
     * Mounts a file system and serves it until the mount is closed. A stale mount of a dead predecessor at the same place is
     * cleaned first.
     *
     * @throws MountException in one line, what is in the way and what to do
     */
    public static Mount mount(Path mountPoint, FileSystem fileSystem, MountOptions options) throws MountException {
        LibFuse lib = requireLibrary(LibFuse.LIBRARY);
        requireDevice(DEVICE);
        Path point = MountPoints.prepare(mountPoint);
        JnrMount mount = new JnrMount(lib, point, fileSystem, options);
        mount.start();
        return mount;
    }

    private JnrMount(LibFuse lib, Path point, FileSystem fileSystem, MountOptions options) throws MountException {
        this.point = point;
        this.options = options;
        this.waiting = new WaitingRequests(lib);
        this.operations = new Operations(
                (userData, connection) -> introduce(connection),
                new Requests(fileSystem, lib, waiting),
                new ReadRequests(fileSystem, lib, waiting, options));
        this.session = Session.open(lib, point, options, operations);
    }

    @Override
    public Path mountPoint() {
        return point;
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    @Override
    public void forgetPages(long ino) {
        session.forgetPages(ino);
    }

    @Override
    public void close() {
        if (ended.isDone()) {
            return;
        }
        Unmount.gracefully(point, device, options.closeGrace());
        if (!awaitThreads()) {
            // Unmounted here, but alive elsewhere: a bind mount, or a mount namespace that has a copy.
            Unmount.abort(device);
            if (!awaitThreads()) {
                log.warn("{} is still mounted somewhere else; its readers are cut off when this process ends", point);
                return;
            }
        }
        ended.join();
    }

    private boolean awaitThreads() {
        try {
            for (SessionThread thread : threads) {
                if (!thread.join(THREAD_END_TIMEOUT)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void start() throws MountException {
        for (int i = 0; i < options.workers(); i++) {
            threads.add(new SessionThread("tidepool-fuse-" + i, session, serving::countDown));
        }
        threads.forEach(Thread::start);
        Thread.ofPlatform().daemon().name("tidepool-fuse-keeper").start(this::keep);
        device = MountInfo.at(point).map(MountInfo::device).orElse("");
        try {
            if (serving.await(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                // Only now: the kernel sets its own value when the session introduces itself.
                setReadAhead();
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
        throw new MountException("cannot mount on " + point + ": the kernel sent no request within " + START_TIMEOUT);
    }

    /** The kernel introduced itself (INIT): fuse_conn_info holds what it can, and takes what we want. */
    private void introduce(long connection) {
        Memory.putInt(connection + Layout.CONNECTION_MAX_BACKGROUND, options.maxBackground());
        Memory.putInt(connection + Layout.CONNECTION_CONGESTION, Math.max(1, options.maxBackground() * 3 / 4));
    }

    private void setReadAhead() {
        Path file = Path.of("/sys/class/bdi", device, "read_ahead_kb");
        try {
            Files.writeString(file, Integer.toString(options.readAheadKb()));
        } catch (IOException e) {
            log.warn(
                    "Cannot raise the kernel's read-ahead to {} KiB ({}): sequential reads through the mount are slower",
                    options.readAheadKb(),
                    e.toString());
        }
    }

    /** The keeper thread: from the end of the mount to the end of everything that belongs to it. */
    private void keep() {
        try {
            for (SessionThread thread : threads) {
                thread.join();
            }
            if (waiting.end(REQUEST_END_TIMEOUT)) {
                session.destroy();
            } else {
                // libfuse's memory stays: a request that is still answered some time refers to it.
                log.error("{} was unmounted, but some requests don't end; their memory is not freed", point);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    static LibFuse requireLibrary(String library) throws MountException {
        try {
            return LibFuse.load(library);
        } catch (UnsatisfiedLinkError e) {
            log.debug("loading {} failed", library, e);
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new MountException(
                    reason.contains("cannot open shared object file")
                            ? library + " is missing: install libfuse2 (apt-get install libfuse2)"
                            : "cannot load " + library + ": " + reason);
        }
    }

    static void requireDevice(Path device) throws MountException {
        if (!Files.exists(device)) {
            throw new MountException(device + " is missing: load the kernel's FUSE module (modprobe fuse), or give the"
                    + " container the device (docker run --device /dev/fuse)");
        }
    }
}
