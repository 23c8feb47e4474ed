package io.tidepool.agent.peer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What this host proves itself with to others, and whom it believes: its certificate and key, and the CA that both sides'
 * certificates must come from. Read from PEM files, and read anew when they change. Thread-safe.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class PeerTls implements AutoCloseable {
    /** @throws IOException with one line for an operator: a file is missing, or isn't what it should be */
    public static PeerTls load(Path certificate, Path key, Path ca) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Ends the watch over the files. */
    @Override
    public void close() {}
}
