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
    private static final Duration ALL = Duration.ofMinutes(6);
    private static final List<String> PIP = List.of(
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries=0",
            "--timeout=15",
            "--only-binary=:all:");

    private final Path python = DIRECTORY.resolve("bin/python");
    private final long start = System.nanoTime();

    private PythonVenv() {}

    /** The interpreter of an environment in which all {@code packages} can be imported. */
    static Path with(String... packages) throws Exception {
        PythonVenv venv = new PythonVenv();
        if (!Files.isExecutable(venv.python)) {
            venv.run("no virtual environment", List.of("python3", "-m", "venv", DIRECTORY));
        }
        for (String name : packages) {
            if (!venv.imports(name)) {
                venv.install(name);
            }
        }
        return venv.python;
    }

    private boolean imports(String name) throws Exception {
        try (Child child = Child.program(python, "-c", "import " + name)) {
            return child.ends(left()) && child.exitCode() == 0;
        }
    }

    private void install(String name) throws Exception {
        String plan = run("pip can't get " + name, pip("--dry-run", "--report=-", name));
        if (plan.contains("\"nvidia-cublas")) {
            skip("pip would install " + name + " with gigabytes of CUDA libraries");
        }
        run("pip can't install " + name, pip(name));
        run(name + " can't be imported", List.of(python, "-c", "import " + name));
    }

    private List<Object> pip(String... arguments) {
        List<Object> command = new ArrayList<>(List.of(python));
        command.addAll(PIP);
        command.addAll(List.of(arguments));
        return command;
    }

    private String run(String otherwise, List<?> command) throws Exception {
        try (Child child = Child.program(command.toArray())) {
            if (!child.ends(left())) {
                skip(otherwise + " within " + ALL);
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

    private Duration left() {
        return ALL.minusNanos(System.nanoTime() - start);
    }

    private static void skip(String reason) {
        System.err.println("SKIPPED: real Python loaders: " + reason);
        Assumptions.abort(reason);
    }
}
