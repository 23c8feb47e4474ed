package io.tidepool.emulator.control;

import com.sun.net.httpserver.HttpServer;
import io.tidepool.emulator.OssEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** The control port. Thread-safe. */
public final class ControlServer implements AutoCloseable {

    private final HttpServer http;

    public ControlServer(OssEmulator emulator, int port) throws IOException {
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        http.createContext("/", new ControlHandler(emulator));
        http.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
