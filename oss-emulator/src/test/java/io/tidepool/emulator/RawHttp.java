package io.tidepool.emulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** One GET over a bare socket, with how the connection ended: what no HTTP client shows. */
final class RawHttp {

    private final String head;
    private final byte[] body;
    private final End end;

    enum End {
        CLOSED,
        RESET,
        SILENT
    }

    private RawHttp(String head, byte[] body, End end) {
        this.head = head;
        this.body = body;
        this.end = end;
    }

    /** Reads until the connection ends or nothing comes for {@code quietMillis}. */
    static RawHttp get(OssEmulator emulator, String key, int quietMillis, String... headers) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(),
                            emulator.endpoint().getPort()),
                    2000);
            socket.setSoTimeout(quietMillis);
            String request = "GET /" + emulator.bucket().name() + "/" + key + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + String.join(
                            "", Arrays.stream(headers).map(h -> h + "\r\n").toList()) + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return read(socket.getInputStream());
        }
    }

    private static RawHttp read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        End end = End.CLOSED;
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (SocketTimeoutException e) {
            end = End.SILENT;
        } catch (IOException e) {
            end = End.RESET;
        }
        String text = all.toString(StandardCharsets.ISO_8859_1);
        int blank = text.indexOf("\r\n\r\n");
        return blank < 0
                ? new RawHttp(text, new byte[0], end)
                : new RawHttp(
                        text.substring(0, blank + 2),
                        Arrays.copyOfRange(all.toByteArray(), blank + 4, all.size()),
                        end);
    }

    String head() {
        return head;
    }

    byte[] body() {
        return body;
    }

    /** How it went on after the last byte: closed, reset, or silent until the time was over. */
    End end() {
        return end;
    }

    int status() {
        return Integer.parseInt(head.split(" ", 3)[1]);
    }

    Optional<String> header(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst();
    }
}
