package io.tidepool.agent.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python with the libraries that models are loaded with, in a virtual environment below {@code target} that later runs use
 * again. Where it can't be made (no Python, no package index within reach, too slow) the test is skipped, with the reason on
 * standard error.
 */
final class PythonVenv {
    private static final Path DIRECTORY = Path.of("target", "loaders-venv").toAbsolutePath();
    private static final Duration MAKE = Duration.ofSeconds(90);
    private static final Duration INSTALL = Duration.ofMinutes(4);

    private PythonVenv() {}

    /** The interpreter of an environment in which all {@code packages} can be imported. */
    static synchronized Path with(String... packages) throws Exception {
        Path python = DIRECTORY.resolve("bin/python");
        if (!Files.isExecutable(python)) {
            run("no virtual environment", MAKE, "python3", "-m", "venv", DIRECTORY);
        }
        for (String name : packages) {
            if (!succeeds(MAKE, python, "-c", "import " + name)) {
                install(python, name);
            }
        }
        return python;
    }

    private static void install(Path python, String name) throws Exception {
        Object[] pip = {
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries",
            "0",
            "--timeout",
            "15",
            "--only-binary=:all:",
            "--prefer-binary"
        };
        List<Object> plan = new ArrayList<>(List.of(pip));
        plan.addAll(List.of("--dry-run", "--report", "-", name));
        String planned = run("pip can't get " + name, INSTALL, plan.toArray());
        if (planned.contains("\"nvidia-cublas")) {
            skip("pip would install " + name + " with gigabytes of CUDA libraries");
        }
        List<Object> install = new ArrayList<>(List.of(pip));
        install.add(name);
        run("pip can't install " + name, INSTALL, install.toArray());
        run(name + " can't be imported", MAKE, python, "-c", "import " + name);
    }

    private static boolean succeeds(Duration limit, Object... command) throws Exception {
        try (Child child = Child.program(command)) {
            return child.ends(limit) && child.exitCode() == 0;
        }
    }

    private static String run(String otherwise, Duration limit, Object... command) throws Exception {
        try (Child child = Child.program(command)) {
            if (!child.ends(limit)) {
                skip(otherwise + " within " + limit);
            }
            String written = child.written();
            if (child.exitCode() != 0) {
                skip(otherwise + ": " + written.strip().lines().reduce("", (before, last) -> last));
            }
            return written;
        } catch (IOException e) {
            skip(otherwise + ": " + e.getMessage());
            throw e;
        }
    }

    private static void skip(String reason) {
        System.err.println("SKIPPED: real Python loaders: " + reason);
        Assumptions.abort(reason);
    }
}
