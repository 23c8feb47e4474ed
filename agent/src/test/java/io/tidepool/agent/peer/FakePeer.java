package io.tidepool.agent.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A peer written by hand on a plain socket, that answers as a test wants: mostly not as it should. It counts what it
 * answered, so that a test can tell that its fault was there.
 */
final class FakePeer implements AutoCloseable {
    /** Answers one request. */
    @FunctionalInterface
    interface Answer {
        /** Writes what it likes; false ends the connection. */
        boolean to(List<String> request, OutputStream out) throws Exception;
    }

    final List<List<String>> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile Answer answer;

    FakePeer(Answer answer) throws IOException {
        this.answer = answer;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    void answerFromNowOn(Answer next) {
        answer = next;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    static byte[] head(String... lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The head that a peer should answer a request for a chunk of {@code length} from {@code offset} with. */
    static byte[] rightHead(int offset, int length) {
        return head(
                "HTTP/1.1 206 Partial Content",
                "content-length: " + (length - offset),
                "content-range: " + PeerProtocol.contentRange(offset, length));
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            boolean goOn = true;
            while (goOn) {
                List<String> request = new ArrayList<>();
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    request.add(line);
                }
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                goOn = answer.to(request, socket.getOutputStream());
                socket.getOutputStream().flush();
                answered.incrementAndGet();
            }
        } catch (Exception e) {
            // The client went away: it is allowed to.
            answered.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
