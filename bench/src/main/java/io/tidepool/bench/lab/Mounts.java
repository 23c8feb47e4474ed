package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.fuse.MountInfo;
import io.tidepool.fuse.Unmount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the kernel has mounted where, and whether we may mount. */
public final class Mounts {
    private static final Path DEVICE = Path.of("/dev/fuse");

    private Mounts() {}

    /**
     * Looks whether this process may mount FUSE file systems.
     *
     * @param orElse what else could be done
     * @throws CommandFailure with what to do, if it may not
     */
    public static void requireFuse(String orElse) {
        if (!Files.exists(DEVICE)) {
            throw new CommandFailure("can't mount: there is no /dev/fuse. Load the kernel module (modprobe fuse); in a"
                    + " container, start it with --device /dev/fuse --cap-add SYS_ADMIN. " + orElse);
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            throw new CommandFailure("can't mount: /dev/fuse may not be opened by this user. " + orElse);
        }
    }

    /** Takes down what an agent that was killed left behind; nothing happens if nothing is mounted there. */
    static void takeDown(Path mountPoint) {
        MountInfo.at(mountPoint).ifPresent(mount -> Unmount.gracefully(mountPoint, mount.device(), Duration.ZERO));
    }

    /** As {@link #takeDown}, whatever is mounted in a directory. */
    static void takeDownBelow(Path directory) {
        below(directory).forEach(Mounts::takeDown);
    }

    static boolean isAnyBelow(Path directory) {
        return !below(directory).isEmpty();
    }

    private static List<Path> below(Path directory) {
        // A blank in a path is \040 there; temporary directories of ours have none, and their parents are compared too.
        String prefix = directory.toString().replace(" ", "\\040");
        try {
            return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.split(" ", -1)[4])
                    .filter(point -> point.equals(prefix) || point.startsWith(prefix + "/"))
                    .map(point -> Path.of(point.replace("\\040", " ")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
