package io.tidepool.fuse;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The care of a mount point before something is mounted there: a predecessor that died (kill -9, OOM) leaves a mount on
 * which every call fails with ENOTCONN, and it is taken away; anything else in the way is an error with a clear line.
 */
public final class MountPoints {
    private static final Logger log = LoggerFactory.getLogger(MountPoints.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final int NO_ANSWER = -1;

    private MountPoints() {}

    /**
     * Makes a mount point ready: cleans stale mounts of ours, and checks that what is there then is an empty directory.
     *
     * @return the mount point without symbolic links, as the kernel names it
     */
    public static Path prepare(Path mountPoint) throws MountException {
        Path point = canonical(mountPoint);
        cleanStale(point);
        if (!Files.isDirectory(point)) {
            throw new MountException("cannot mount on " + point + ": " + whyNoDirectory(point));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(point)) {
            if (entries.iterator().hasNext()) {
                throw new MountException("cannot mount on " + point + ": the directory is not empty");
            }
        } catch (MountException e) {
            throw e;
        } catch (IOException e) {
            throw new MountException("cannot mount on " + point + ": " + e.getMessage());
        }
        return point;
    }

    /**
     * Unmounts what dead agents of ours have left at this place, and logs that. Mounts of others are not touched.
     *
     * @return whether there was something to clean
     * @throws MountException if a mount of ours is there that is alive, or doesn't answer, or can't be unmounted
     */
    public static boolean cleanStale(Path mountPoint) throws MountException {
        Path point = canonical(mountPoint);
        boolean cleaned = false;
        for (; ; ) {
            Optional<MountInfo> mount = MountInfo.at(point);
            if (mount.isEmpty() || !mount.get().isTidepool()) {
                return cleaned;
            }
            int errno = probe(point);
            if (errno == NO_ANSWER) {
                throw new MountException("cannot mount on " + point + ": a Tidepool mount is there that gives no answer"
                        + " (is its agent stopped or overloaded?); end it or unmount it: umount -l " + point);
            }
            if (errno != Syscalls.ENOTCONN && errno != Syscalls.ECONNABORTED) {
                throw new MountException("cannot mount on " + point + ": a live Tidepool is mounted there already;"
                        + " stop its agent, or choose another mount point");
            }
            if (!Unmount.detach(point)) {
                throw new MountException("cannot unmount the dead Tidepool mount at " + point
                        + ": run as root, or: fusermount3 -uz " + point);
            }
            log.warn("Unmounted {}: the Tidepool agent that had mounted it is dead", point);
            cleaned = true;
        }
    }

    private static String whyNoDirectory(Path point) {
        if (Files.exists(point)) {
            return "it is not a directory";
        }
        return MountInfo.at(point)
                .map(mount -> "a dead mount of type " + mount.type() + " is there (umount -l " + point + ")")
                .orElse("there is no such directory (mkdir -p " + point + ")");
    }

    /** statvfs' errno, asked from another thread: a file system that hangs must not hang us. */
    private static int probe(Path point) {
        AtomicInteger errno = new AtomicInteger(NO_ANSWER);
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("tidepool-mount-probe")
                .start(() -> errno.set(Syscalls.statvfs(point)));
        try {
            thread.join(ANSWER_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return errno.get();
    }

    /** The real path, found without touching what is mounted there: that may be dead, and every call on it fail. */
    static Path canonical(Path mountPoint) throws MountException {
        Path path = mountPoint.toAbsolutePath().normalize();
        Path name = path.getFileName();
        Path parent = path.getParent();
        if (name == null || parent == null) {
            throw new MountException("cannot mount on " + path);
        }
        try {
            return Files.isSymbolicLink(path)
                    ? path.toRealPath()
                    : parent.toRealPath().resolve(name);
        } catch (IOException e) {
            throw new MountException(
                    "cannot mount on " + path + ": there is no such directory (mkdir -p " + path + ")");
        }
    }
}
