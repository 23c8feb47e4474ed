package io.tidepool.agent.api.client;

import java.nio.file.Path;

/** Where an agent listens. */
public sealed interface AgentAddress {
    /** A Unix socket. */
    record Socket(Path path) implements AgentAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** TCP, without encryption. */
    record Tcp(String host, int port) implements AgentAddress {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * Reads {@code /path/to/socket}, {@code unix:/path/to/socket} or {@code host:port}.
     *
     * @throws IllegalArgumentException with one line that says what is accepted
     */
    static AgentAddress parse(String text) {
        if (text.startsWith("unix:")) {
            return new Socket(Path.of(text.substring("unix:".length())));
        }
        int colon = text.lastIndexOf(':');
        if (text.contains("/") || colon < 0) {
            return new Socket(Path.of(text));
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port > 0 && port <= 65_535) {
                return new Tcp(text.substring(0, colon).replaceAll("[\\[\\]]", ""), port);
            }
        } catch (NumberFormatException e) {
            // Answered below, with the whole text.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no address of an agent: give the path of its socket, or host:port");
    }
}
