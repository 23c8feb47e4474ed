package io.tidepool.agent.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The asking side on a plain socket: slow, rude or wrong, as a test likes. */
final class RawPeer implements AutoCloseable {
    /** An answer's status and header lines, in lower case. */
    record Head(int status, List<String> lines) {}

    private final Socket socket = new Socket();

    RawPeer(InetSocketAddress server) throws IOException {
        this(server, 64 << 10);
    }

    RawPeer(InetSocketAddress server, int receiveBuffer) throws IOException {
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(20_000);
        socket.connect(server);
    }

    void send(String... lines) throws IOException {
        String request = String.join("\r\n", lines) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    Head ask(String... lines) throws IOException {
        send(lines);
        return head();
    }

    Head head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after '" + text + "'");
            }
            head.write(next);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        List<String> lines = text.strip().toLowerCase(Locale.ROOT).lines().toList();
        return new Head(Integer.parseInt(lines.getFirst().split(" ", -1)[1]), lines);
    }

    byte[] read(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    /** Whether the server has ended the connection; waits for it or for a byte. */
    boolean isClosed() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
