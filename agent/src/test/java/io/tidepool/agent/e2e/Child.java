package io.tidepool.agent.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another process, that a test started and ends. Its output, standard error included, goes to a file. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path output;

    private Child(List<String> command, Map<String, String> environment) throws IOException {
        this.output = Files.createTempFile("tidepool-child", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        this.process = builder.start();
    }

    /** A JVM with the test's class path and the flags that all of ours have. */
    static Child java(List<String> flags, Map<String, String> environment, Class<?> main, Object... arguments)
            throws IOException {
        return java("", flags, environment, main, arguments);
    }

    /** @param shell commands of a shell that then becomes the JVM; empty for none */
    static Child java(
            String shell, List<String> flags, Map<String, String> environment, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (!shell.isEmpty()) {
            command.addAll(List.of("bash", "-c", shell + "; exec \"$@\"", "bash"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.tryReflectionSetAccessible=false",
                "-XX:-UsePerfData"));
        command.addAll(flags);
        // An empty entry would be the working directory.
        String classPath = System.getProperty("java.class.path")
                .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
        command.addAll(List.of("-cp", classPath, main.getName()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return new Child(command, environment);
    }

    /** A small and quickly started JVM: a reader. */
    static Child reader(Object... arguments) throws IOException {
        List<String> flags = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
        return java(flags, Map.of(), ReaderMain.class, arguments);
    }

    /** Any program, with messages in English. */
    static Child program(Object... command) throws IOException {
        return new Child(Arrays.stream(command).map(Object::toString).toList(), Map.of("LC_ALL", "C"));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Waits for its end; true if it came in time. */
    boolean ends(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** As {@link #succeeds}; its last line, which is a {@link ReaderMain}'s result. */
    String result(Duration limit) throws Exception {
        return succeeds(limit).strip().lines().toList().getLast();
    }

    /** Waits for its end and expects exit code 0; what it wrote. */
    String succeeds(Duration limit) throws Exception {
        if (!ends(limit)) {
            throw new AssertionError("no end within " + limit + "; it wrote: " + written());
        }
        if (exitCode() != 0) {
            throw new AssertionError("exit code " + exitCode() + "; it wrote: " + written());
        }
        return written();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Ends its standard input: what tells a {@link ReaderMain} that goes on for ever to stop. */
    void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    String written() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(output);
    }
}
