package io.tidepool.bench.burst;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that loads. It says {@code ready}, waits for a line, reads, and says {@code crc CHECKSUM} after each piece and
 * {@code done START END} in nanoseconds of the system's clock at last; or {@code failed WHY}. It ends with its starter.
 *
 * <p>Not a command of {@code tidepool}: sixteen start at a time, and its options would take most of their time.
 */
public final class Reader {
    private Reader() {}

    /** @param arguments the file of its pieces, and maybe {@code ADDRESS:PORT}, where it sends it all on to who connects */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Piece> pieces = Piece.readAll(Path.of(arguments[0]));
        try (Relay relay = arguments.length > 1 ? relay(arguments[1]) : null) {
            say("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (in.readLine() != null) {
                Thread.ofPlatform().daemon().start(() -> endWithStarter(in));
                read(pieces, relay);
            }
        } catch (IOException e) {
            say("failed " + e);
        }
    }

    private static void read(List<Piece> pieces, @Nullable Relay relay) throws IOException, InterruptedException {
        try (PieceReader reader = new PieceReader(relay)) {
            long start = System.nanoTime();
            for (Piece piece : pieces) {
                say("crc " + reader.read(piece));
            }
            say("done " + start + " " + System.nanoTime());
        }
        if (relay != null) {
            relay.finish();
        }
    }

    private static Relay relay(String address) throws IOException {
        String[] parts = address.split(":", 2);
        return new Relay(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])));
    }

    private static void endWithStarter(BufferedReader in) {
        try {
            while (in.readLine() != null) {}
        } catch (IOException e) {
            // It is gone.
        }
        Runtime.getRuntime().halt(1);
    }

    private static void say(String what) {
        System.out.println(what);
    }
}
