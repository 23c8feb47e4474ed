package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With TLS, only who has a certificate of the cell's CA is a host of it. */
final class MembershipTlsTest {
    /** More than have their handshakes at a time. */
    private static final int STRANGERS = 300;
    /** The beginning of a TLS record of 16 KiB. */
    private static final byte[] LONG_RECORD = {22, 3, 3, 0x40, 0, 1};

    @TempDir
    Path directory;

    private TestCell cell;

    @AfterEach
    void close() throws Exception {
        cell.close();
    }

    private void start(String name, @Nullable SSLContext tls) throws Exception {
        cell.start(name, cell.options(name, "test", MembershipOptions.MAX_HOSTS, tls));
    }

    @Test
    void whoHasNoCertificateOfTheCaDoesNotGetIn() throws Exception {
        Certificates ours = new Certificates(directory.resolve("ours")).issue("host");
        // It believes our CA: it is we who must refuse it.
        Certificates foreign = new Certificates(directory.resolve("foreign")).issue("host");
        foreign.believe(ours);
        cell = new TestCell(4);
        try (PeerTls tls = ours.load();
                PeerTls intruder = foreign.load()) {
            start("a", tls.membership());
            start("b", tls.membership());
            cell.awaitView("a", "b");

            start("c", intruder.membership());
            start("d", null);
            assertThat(cell.get("c").view().isAlone()).isTrue();
            assertThat(cell.get("d").view().isAlone()).isTrue();
            assertThat(handshakeWithoutCertificate())
                    .as("a handshake without a certificate")
                    .isFalse();

            cell.start("e", cell.options("e", "test", MembershipOptions.MAX_HOSTS, tls.membership()));
            cell.awaitView("a", "b", "e");
            cell.kill("b");
            cell.awaitView("a", "e");
            assertThat(cell.get("c").view().isAlone()).isTrue();
            assertThat(cell.get("d").view().isAlone()).isTrue();
        }
    }

    @Test
    void hostsThatStartAtTheSameMomentFindEachOther() throws Exception {
        Certificates ours = new Certificates(directory.resolve("ours")).issue("host");
        String[] names = {"a", "b", "c", "d", "e", "f", "g", "h"};
        cell = new TestCell(names.length);
        try (PeerTls tls = ours.load();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> starts = new ArrayList<>();
            for (String name : names) {
                starts.add(threads.submit(() -> {
                    start(name, tls.membership());
                    return null;
                }));
            }
            for (Future<?> each : starts) {
                each.get();
            }
            cell.awaitView(names);
        }
    }

    @Test
    void strangersWhoNeverEndAHandshakeKeepNobodyOut() throws Exception {
        Certificates ours = new Certificates(directory.resolve("ours")).issue("host");
        cell = new TestCell(2);
        List<Socket> strangers = new ArrayList<>();
        Thread drip = new Thread();
        try (PeerTls tls = ours.load()) {
            start("a", tls.membership());
            for (int i = 0; i < STRANGERS; i++) {
                Socket stranger = new Socket();
                strangers.add(stranger);
                stranger.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), cell.port));
                stranger.getOutputStream().write(LONG_RECORD);
            }
            drip = Thread.ofVirtual().start(() -> drip(strangers));
            start("b", tls.membership());
            cell.awaitView("a", "b");
        } finally {
            drip.interrupt();
            drip.join();
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    /** Each says one more byte a second, for as long as it is listened to. */
    private static void drip(List<Socket> sockets) {
        try {
            while (true) {
                for (Socket socket : sockets) {
                    try {
                        socket.getOutputStream().write(0);
                    } catch (IOException e) {
                        // Closed at last.
                    }
                }
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether host a talks with somebody who shows none. */
    private boolean handshakeWithoutCertificate() throws Exception {
        SSLContext anonymous = SSLContext.getInstance("TLS");
        anonymous.init(null, new TrustManager[] {new Credulous()}, new SecureRandom());
        try (SSLSocket socket = (SSLSocket) anonymous.getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), cell.port));
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            // In TLS 1.3 the refusal comes after the client's part is done.
            return socket.getInputStream().read() >= 0;
        } catch (SSLException e) {
            return false;
        }
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
