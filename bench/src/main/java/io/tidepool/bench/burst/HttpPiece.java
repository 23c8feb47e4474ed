package io.tidepool.bench.burst;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A piece over HTTP. Where nothing comes for a while, the rest is asked for anew, as a file server's clients do: of 16
 * connections in one short queue the kernel gives some up, and their readers would wait for ever. Not thread-safe.
 */
final class HttpPiece implements ReadableByteChannel {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int TRIES = 20;

    private final Piece piece;
    private long done;
    private int tries;
    private @Nullable HttpURLConnection connection;
    private @Nullable ReadableByteChannel body;

    HttpPiece(Piece piece) {
        this.piece = piece;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (true) {
            try {
                int count = body().read(into);
                done += Math.max(0, count);
                return count;
            } catch (SocketTimeoutException e) {
                close();
                if (++tries == TRIES) {
                    throw new IOException(piece.source() + ": nothing came, " + TRIES + " times", e);
                }
            }
        }
    }

    private ReadableByteChannel body() throws IOException {
        ReadableByteChannel open = body;
        if (open != null) {
            return open;
        }
        HttpURLConnection asked =
                (HttpURLConnection) URI.create(piece.source()).toURL().openConnection();
        connection = asked;
        asked.setConnectTimeout(PATIENCE_MILLIS);
        asked.setReadTimeout(PATIENCE_MILLIS);
        asked.setRequestProperty(
                "Range", "bytes=" + (piece.offset() + done) + "-" + (piece.offset() + piece.length() - 1));
        if (asked.getResponseCode() != HttpURLConnection.HTTP_PARTIAL) {
            throw new IOException(piece.source() + ": HTTP " + asked.getResponseCode());
        }
        ReadableByteChannel answer = Channels.newChannel(asked.getInputStream());
        body = answer;
        return answer;
    }

    @Override
    public boolean isOpen() {
        return body != null;
    }

    /** Ends the answer; whoever read all of it keeps the connection for the next piece. */
    @Override
    public void close() throws IOException {
        ReadableByteChannel open = body;
        HttpURLConnection asked = connection;
        body = null;
        connection = null;
        if (asked != null && done < piece.length()) {
            asked.disconnect();
        } else if (open != null) {
            open.close();
        }
    }
}
