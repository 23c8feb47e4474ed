package io.tidepool.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the contract tests share: a {@link MemoryFileSystem} and a really mounted place for it. Where nothing can be mounted
 * the tests are skipped with a line on standard error, unless TIDEPOOL_REQUIRE_FUSE=1 says that this is a failure.
 */
@ParameterizedClass
@EnumSource(Binding.class)
abstract class MountedTest {
    private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mount-watchdog").factory());

    @Parameter
    Binding binding;

    final MemoryFileSystem fileSystem = new MemoryFileSystem();
    Path point;

    @Nullable
    Mount mount;

    private ScheduledFuture<?> watchdog;

    @BeforeEach
    void prepare() throws IOException {
        requireFuse();
        point = Files.createTempDirectory("tidepool-mount").toRealPath();
        // A thread in a system call on a mount that doesn't answer can't be interrupted: only the mount's end frees it.
        watchdog = WATCHDOG.schedule(this::cutOff, 40, TimeUnit.SECONDS);
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (point == null) {
            return; // skipped
        }
        watchdog.cancel(false);
        if (mount != null) {
            mount.close();
        }
        if (MountInfo.at(point).isPresent()) {
            cutOff();
            throw new AssertionError("the test left a mount at " + point);
        }
        Files.deleteIfExists(point);
    }

    /** Options under which a close doesn't wait long for a test's open files. */
    static MountOptions options() {
        return MountOptions.defaults().withCloseGrace(Duration.ofMillis(300));
    }

    final void mount() throws MountException {
        mount(options());
    }

    final void mount(MountOptions options) throws MountException {
        mount = binding.mount(point, fileSystem, options);
    }

    final Path at(String name) {
        return point.resolve(name);
    }

    static long ino(Path path) throws IOException {
        return (long) Files.getAttribute(path, "unix:ino");
    }

    static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tidepool-fuse"))
                .count();
    }

    private void cutOff() {
        MountInfo.at(point).ifPresent(info -> {
            System.err.println("cutting off the mount that a test left at " + point);
            Syscalls.umount2(point, Syscalls.MNT_FORCE | Syscalls.MNT_DETACH);
        });
    }

    private static void requireFuse() {
        if (Files.exists(Path.of("/dev/fuse"))) {
            return;
        }
        String message = "no /dev/fuse here: the tests that mount do not run";
        if ("1".equals(System.getenv("TIDEPOOL_REQUIRE_FUSE"))
                || "1".equals(System.getProperty("TIDEPOOL_REQUIRE_FUSE"))) {
            throw new AssertionError(message + ", although TIDEPOOL_REQUIRE_FUSE=1");
        }
        System.err.println("SKIPPED: " + message);
        Assumptions.abort(message);
    }
}
