package io.tidepool.fuse;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another process, for what a test must not do in the mounting one: to touch mapped pages (a thread that faults in Java code
 * stops the garbage collector, which stops the mount), and to die by SIGKILL.
 */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path output;

    private Child(List<String> command) throws IOException {
        this.output = Files.createTempFile("tidepool-child", ".out");
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** A JVM with the test's class path. */
    static Child java(Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path")
                        .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Child(command);
    }

    /** A shell with messages in English; the arguments are $1, $2, ... */
    static Child bash(String script, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C", "bash", "-c", script, "bash"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Child(command);
    }

    /** Waits for the end; what the child wrote, standard output and error together. */
    String finish() throws IOException, InterruptedException {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the child hangs; it wrote: " + written());
        }
        return written();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    boolean ends(long timeout, TimeUnit unit) throws InterruptedException {
        return process.waitFor(timeout, unit);
    }

    String written() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
