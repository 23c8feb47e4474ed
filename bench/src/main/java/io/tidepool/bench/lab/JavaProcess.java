package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Tidepool command as a process of its own: this JVM's program, flags and class path. What it prints goes to a log
 * file. Closing ends it, by SIGTERM first. Thread-safe.
 */
public final class JavaProcess implements AutoCloseable {
    static final String MAIN = "io.tidepool.agent.cli.Tidepool";
    private static final int SECONDS_TO_END = 20;

    private final String name;
    private final Process process;
    private final Path log;
    private volatile boolean frozen;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code tidepool ARGUMENTS…}.
     *
     * @param name for messages, and of the log file
     * @param logDirectory where its log goes
     * @param environment added to ours
     * @throws CommandFailure if there is no such program any more
     */
    public static JavaProcess start(
            String name, Path logDirectory, Map<String, String> environment, String... arguments) {
        return start(name, logDirectory, environment, Place.HERE, List.of(), MAIN, arguments);
    }

    /**
     * As {@link #start(String, Path, Map, String...)}, somewhere else.
     *
     * @param moreFlags of the JVM, after ours
     * @param main the class whose main method it runs
     */
    public static JavaProcess start(
            String name,
            Path logDirectory,
            Map<String, String> environment,
            Place place,
            List<String> moreFlags,
            String main,
            String... arguments) {
        List<String> command = new ArrayList<>(place.enter());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(moreFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(Arrays.asList(arguments));
        Path log = logDirectory.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        builder.environment().put(Leftovers.variable(), Leftovers.owner());
        try {
            return new JavaProcess(name, builder.start(), log);
        } catch (IOException e) {
            throw new CommandFailure("can't start the " + name + ": " + e.getMessage(), e);
        }
    }

    /** Ours, without those that only one JVM can have. */
    private static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-agentlib:")
                        && !flag.startsWith("-javaagent:")
                        && !flag.startsWith("-XX:StartFlightRecording"))
                .toList();
    }

    /** Whether this JVM, and so every one that it starts, was given a flag that begins so. */
    public static boolean inherits(String flag) {
        return flags().stream().anyMatch(given -> given.startsWith(flag));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes a line to its standard input. */
    public void tell(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw failure("does not listen");
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGSTOP: it stands still. */
    public void freeze() {
        frozen = true;
        signal("STOP");
    }

    /** SIGCONT: it goes on. */
    public void thaw() {
        signal("CONT");
        frozen = false;
    }

    private void signal(String name) {
        Commands.run(List.of("kill", "-" + name, Long.toString(pid())), "");
    }

    /** Its exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time);
    }

    public String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** One line with the last words of the process; its log is kept in a file that outlives the workspace. */
    public CommandFailure failure(String what) {
        String text = log();
        String last = text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
                .reduce((_, later) -> later)
                .map(line -> line.replaceFirst("^tidepool: ", ""))
                .orElse("it said nothing");
        try {
            Path kept = Files.createTempFile("tidepool-" + name + "-", ".log");
            Files.writeString(kept, text);
            return new CommandFailure("the " + name + " " + what + ": " + last + " (its log: " + kept + ")");
        } catch (IOException e) {
            return new CommandFailure("the " + name + " " + what + ": " + last);
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (frozen && process.isAlive()) {
            thaw(); // one that stands still would not hear
        }
        try {
            if (process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }
}
