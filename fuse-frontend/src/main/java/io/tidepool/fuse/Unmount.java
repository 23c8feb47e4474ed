package io.tidepool.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Taking a FUSE mount of ours down, for bindings. As root by umount2; otherwise by the setuid helper {@code fusermount3}.
 * A mount is named by place and device, so that another mount which took the place meanwhile is left alone.
 */
public final class Unmount {
    private static final Logger log = LoggerFactory.getLogger(Unmount.class);
    private static final Duration RETRY = Duration.ofMillis(50);

    private Unmount() {}

    /**
     * Unmounts; while files are open, tries again during {@code grace}, and then detaches the mount and cuts the connection,
     * so that the session behind it ends either way.
     */
    public static void gracefully(Path point, String device, Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        while (isMounted(point, device)) {
            int errno = Syscalls.umount2(point, 0);
            if (errno == Syscalls.EPERM && helper(point, "-u")) {
                return;
            }
            if (errno == 0) {
                return;
            }
            if (System.nanoTime() - deadline >= 0 || !sleep()) {
                log.warn("{} is still in use: detached; what its readers still ask for fails", point);
                cutOff(point, device);
                return;
            }
        }
    }

    /** Takes the mount out of the tree without waiting for anybody. */
    static boolean detach(Path point) {
        return Syscalls.umount2(point, Syscalls.MNT_DETACH) == 0 || helper(point, "-uz");
    }

    private static void cutOff(Path point, String device) {
        if (Syscalls.umount2(point, Syscalls.MNT_FORCE | Syscalls.MNT_DETACH) != 0) {
            helper(point, "-uz");
            abort(device);
        }
    }

    /**
     * Cuts the connection through fusectl. That works for a file system that is no longer in our tree but lives on in
     * another (a bind mount, another mount namespace); it needs fusectl to be mounted, as it is on most hosts.
     */
    public static boolean abort(String device) {
        String minor = device.substring(device.indexOf(':') + 1);
        Path file = Path.of("/sys/fs/fuse/connections", minor, "abort");
        try {
            Files.writeString(file, "1");
            return true;
        } catch (IOException e) {
            log.debug("cannot abort the FUSE connection by {}: {}", file, e.toString());
            return false;
        }
    }

    private static boolean isMounted(Path point, String device) {
        Optional<MountInfo> mount = MountInfo.at(point);
        return mount.isPresent() && mount.get().device().equals(device);
    }

    private static boolean helper(Path point, String flag) {
        for (String program : new String[] {"fusermount3", "fusermount"}) {
            try {
                Process process = new ProcessBuilder(program, flag, point.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException e) {
                log.debug("cannot run {}: {}", program, e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private static boolean sleep() {
        try {
            Thread.sleep(RETRY);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
