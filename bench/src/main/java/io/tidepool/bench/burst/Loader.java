package io.tidepool.bench.burst;

import io.tidepool.bench.lab.JavaProcess;
import io.tidepool.bench.lab.Place;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link Reader} on one host that reads a model. Used by one thread. */
final class Loader implements AutoCloseable {
    private static final Duration TIME_TO_START = Duration.ofMinutes(3);
    /**
     * Small, and compiled only as far as a loop around a checksum needs: sixteen of them share this machine. The first
     * compiler has an intrinsic for CRC32, and none for CRC32C.
     */
    private static final List<String> FLAGS = List.of("-Xmx96m", "-Xms16m", "-XX:TieredStopAtLevel=1");

    private final Place place;
    private final List<Long> expected;
    private final long bytes;
    private final JavaProcess process;

    private Loader(Place place, List<Long> expected, long bytes, JavaProcess process) {
        this.place = place;
        this.expected = expected;
        this.bytes = bytes;
        this.process = process;
    }

    /**
     * Starts one, which {@code workspace} ends.
     *
     * @param expected the pieces' CRC32
     * @param more arguments
     */
    static Loader start(
            Workspace workspace, Path plan, Place place, List<Piece> pieces, List<Long> expected, String... more)
            throws IOException {
        Piece.writeAll(pieces, plan);
        List<String> arguments = new ArrayList<>(List.of(plan.toString()));
        arguments.addAll(List.of(more));
        JavaProcess process = JavaProcess.start(
                plan.getFileName().toString(),
                workspace.directory(),
                Map.of(),
                place,
                FLAGS,
                Reader.class.getName(),
                arguments.toArray(String[]::new));
        long bytes = pieces.stream().mapToLong(Piece::length).sum();
        return workspace.own(new Loader(place, expected, bytes, process));
    }

    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TIME_TO_START.toNanos();
        while (!process.log().contains("ready\n")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw process.failure("did not start");
            }
            Thread.sleep(20);
        }
    }

    void go() {
        process.tell("go");
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    void kill() {
        process.kill();
    }

    /** What came of it, once it has ended. */
    HostLoad await() throws InterruptedException {
        process.await();
        List<Long> found = new ArrayList<>();
        String failure = "it was ended";
        String said = "";
        double seconds = 0;
        for (String line : process.log().lines().toList()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "crc" -> found.add(Long.valueOf(words[1]));
                case "failed" -> failure = line.substring("failed ".length());
                case "done" -> {
                    failure = "";
                    said = "";
                    seconds = (Long.parseLong(words[2]) - Long.parseLong(words[1])) / 1e9;
                }
                case "ready" -> {}
                // What the JVM itself says, as of memory that it lacks.
                default -> said = said.isEmpty() ? ": " + line : said;
            }
        }
        boolean wrong =
                !expected.subList(0, Math.min(found.size(), expected.size())).equals(found);
        return new HostLoad(place.name(), seconds, bytes, failure + said, wrong);
    }

    @Override
    public void close() {
        process.close();
    }
}
