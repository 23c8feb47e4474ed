package io.tidepool.agent.cli.config;

import java.net.InetSocketAddress;

/** Where to listen: {@code 127.0.0.1:9464}, {@code [::1]:9464}. Port 0 lets the kernel choose. */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /**
     * Reads one address.
     *
     * @throws IllegalArgumentException with one line that says what is accepted
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw wrong(text);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (host.isBlank() || port < 0 || port > MAX_PORT) {
                throw wrong(text);
            }
            return new HostPort(host, port);
        } catch (NumberFormatException e) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not an address: write HOST:PORT, such as 127.0.0.1:9464");
    }

    /** Resolved now. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
