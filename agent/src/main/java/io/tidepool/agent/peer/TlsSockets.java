package io.tidepool.agent.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jgroups.util.DefaultSocketFactory;

/**
 * Sockets for JGroups that talk mutual TLS, whose handshakes wait for nobody.
 *
 * <p>JGroups connects under a lock, handshake included, and takes an accepted connection under the same lock, on the one
 * thread that accepts. With TLS of the JDK the other side's handshake is done by that thread too, so that two hosts that connect
 * to each other at the same moment wait for each other's lock until a timeout: of 8 hosts that started together, pairs found
 * each other and lost each other again. Here each accepted connection has a thread for its handshake, and the accepting
 * thread gets those that are done. Thread-safe.
 */
final class TlsSockets extends DefaultSocketFactory {
    /** Longer than any handshake between hosts that are alive takes, from its beginning to its end. */
    private static final int HANDSHAKE_MILLIS = 5_000;
    /** Longer than JGroups tries to connect. */
    private static final int CONNECT_MILLIS = 2_000;
    /** Of connections whose handshake isn't done, whoever makes them; one more is closed at once. */
    private static final int MOST_HANDSHAKES = 256;

    private static final long POLL_MILLIS = 100;

    private final SSLContext tls;

    TlsSockets(SSLContext tls) {
        super(tls);
        this.tls = tls;
    }

    /** A host that is stopped accepts connections and says nothing. */
    @Override
    public Socket createSocket(String service) throws IOException {
        SSLSocket socket = (SSLSocket) super.createSocket(service);
        AtomicBoolean done = closeAfter(CONNECT_MILLIS + HANDSHAKE_MILLIS, socket);
        socket.addHandshakeCompletedListener(_ -> done.set(true));
        return socket;
    }

    /** Closes {@code socket} then, unless what it returns is true by then. A timeout of the socket would be one for each byte. */
    private static AtomicBoolean closeAfter(int millis, Socket socket) {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> {
            if (done.compareAndSet(false, true)) {
                quietlyClose(socket);
            }
        });
        return done;
    }

    @Override
    public ServerSocket createServerSocket(String service) throws IOException {
        return new Handshaking();
    }

    // What is bound at once; JGroups binds by itself.

    @Override
    public ServerSocket createServerSocket(String service, int port) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(String service, int port, int backlog) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(String service, int port, int backlog, InetAddress address)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Accepts connections whose handshake is done. */
    private final class Handshaking extends ServerSocket {
        private final BlockingQueue<Socket> ready = new LinkedBlockingQueue<>();
        private final Semaphore handshakes = new Semaphore(MOST_HANDSHAKES);

        Handshaking() throws IOException {
            // Unbound.
        }

        @Override
        public void bind(SocketAddress address, int backlog) throws IOException {
            super.bind(address, backlog);
            Thread.ofPlatform().daemon().name("cell-accept").start(this::acceptAll);
        }

        @Override
        public Socket accept() throws IOException {
            try {
                while (!isClosed()) {
                    Socket next = ready.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        return next;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new SocketException("closed");
        }

        private void acceptAll() {
            while (!isClosed()) {
                try {
                    Socket plain = super.accept();
                    if (handshakes.tryAcquire()) {
                        Thread.ofVirtual().name("cell-handshake").start(() -> greet(plain));
                    } else {
                        quietlyClose(plain);
                    }
                } catch (IOException e) {
                    // Closed; or out of descriptors, which may pass.
                    pause();
                }
            }
            closeReady();
        }

        private void pause() {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** A connection whose handshake fails is nobody's of the cell: it is closed, and its other end hears why. */
        private void greet(Socket plain) {
            AtomicBoolean done = closeAfter(HANDSHAKE_MILLIS, plain);
            try {
                SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                        .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
                socket.setUseClientMode(false);
                socket.setNeedClientAuth(true);
                socket.startHandshake();
                if (done.compareAndSet(false, true)) {
                    ready.add(socket);
                }
                if (isClosed()) {
                    closeReady();
                }
            } catch (IOException e) {
                quietlyClose(plain);
            } finally {
                handshakes.release();
            }
        }

        private void closeReady() {
            for (Socket socket = ready.poll(); socket != null; socket = ready.poll()) {
                quietlyClose(socket);
            }
        }
    }

    private static void quietlyClose(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
