package io.tidepool.bench.burst;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A part of a file to read.
 *
 * @param source a path, a URL, or {@code tcp:ADDRESS:PORT} of a {@link Relay}, which sends its own pieces one after another
 */
record Piece(String source, long offset, long length) {
    static void writeAll(List<Piece> pieces, Path plan) throws IOException {
        Files.write(
                plan,
                pieces.stream()
                        .map(piece -> piece.source + "\t" + piece.offset + "\t" + piece.length)
                        .toList());
    }

    static List<Piece> readAll(Path plan) throws IOException {
        return Files.readAllLines(plan).stream()
                .map(line -> line.split("\t", 3))
                .map(fields -> new Piece(fields[0], Long.parseLong(fields[1]), Long.parseLong(fields[2])))
                .toList();
    }
}
