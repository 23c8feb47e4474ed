package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command of ours leaves behind when it is killed with SIGKILL: processes, network namespaces, and a directory with
 * mounts in it. Each carries the process id of its owner, so that the next command can tell what nobody owns any more. What
 * has an owner that lives, or none, is left alone.
 */
final class Leftovers {
    private static final String OWNER = "TIDEPOOL_LAB_OWNER";
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Pattern NAMESPACE = Pattern.compile("tidepool-(\\d+)-.*");
    private static final Pattern DIRECTORY = Pattern.compile("tidepool-.*?(\\d+)-\\d+");
    private static final int SECONDS_TO_END = 5;

    private Leftovers() {}

    /** Goes into the environment of every process that we start. */
    static String variable() {
        return OWNER;
    }

    static String owner() {
        return Long.toString(ProcessHandle.current().pid());
    }

    /** Ends, takes down and deletes what dead owners left; their directories only if they were in {@code parent}. */
    static void sweep(Path parent) {
        Set<Long> owners = new TreeSet<>();
        ProcessHandle.allProcesses()
                .forEach(process -> ownerOf(process).filter(Leftovers::isDead).ifPresent(owner -> {
                    end(process);
                    owners.add(owner);
                }));
        for (Path namespace : entries(NAMESPACES)) {
            ownerIn(NAMESPACE, namespace).filter(Leftovers::isDead).ifPresent(owner -> {
                Commands.run(
                        List.of("ip", "netns", "del", namespace.getFileName().toString()), "");
                owners.add(owner);
            });
        }
        for (Path directory : entries(parent)) {
            // A directory alone proves nothing: its owner may live in another container, with other process ids.
            ownerIn(DIRECTORY, directory).filter(owners::contains).ifPresent(_ -> {
                Mounts.takeDownBelow(directory);
                Workspace.delete(directory);
            });
        }
    }

    private static boolean isDead(long owner) {
        return ProcessHandle.of(owner).isEmpty();
    }

    private static Optional<Long> ownerOf(ProcessHandle process) {
        try {
            String environment =
                    Files.readString(Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1);
            Matcher owner = Pattern.compile("(?:^|\0)" + OWNER + "=(\\d+)\0").matcher(environment);
            return owner.find() ? Optional.of(Long.valueOf(owner.group(1))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // another user's, or gone
        }
    }

    private static Optional<Long> ownerIn(Pattern name, Path path) {
        Matcher matcher = name.matcher(path.getFileName().toString());
        return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
