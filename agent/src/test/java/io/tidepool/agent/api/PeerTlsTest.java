package io.tidepool.agent.api;

import static io.tidepool.agent.peer.PeerBytes.PATIENT;
import static io.tidepool.agent.peer.PeerBytes.SELF;
import static io.tidepool.agent.peer.PeerBytes.assertRight;
import static io.tidepool.agent.peer.PeerBytes.buffer;
import static io.tidepool.agent.peer.PeerBytes.host;
import static io.tidepool.agent.peer.PeerBytes.sums;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.Certificates;
import io.tidepool.agent.peer.Outcome;
import io.tidepool.agent.peer.PeerClient;
import io.tidepool.agent.peer.PeerTls;
import io.tidepool.agent.peer.Sums;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Chunks between hosts that show each other certificates of one CA, and nobody else. */
@Timeout(60)
class PeerTlsTest {
    private static final ObjectVersion MODEL =
            new ObjectVersion("o", "m.safetensors", "e1", 2L * ChunkLayout.CHUNK_BYTES + 777_777);

    @TempDir
    Path directory;

    private Certificates cell;
    private Certificates foreign;

    @BeforeEach
    void certify() throws Exception {
        cell = new Certificates(directory.resolve("cell")).issue("host");
        foreign = new Certificates(directory.resolve("foreign")).issue("host");
    }

    private ServingHost serve(@Nullable PeerTls tls) throws Exception {
        return new ServingHost(directory.resolve("cache"), tls);
    }

    private static Outcome fetch(PeerClient client, ServingHost from, ChunkId id) throws InterruptedException {
        LandingBuffer into = buffer(id, 0);
        Outcome outcome = client.fetch(host(from.address()), id, into, new Sums(sums(id)), PATIENT);
        assertRight(id, into);
        return outcome;
    }

    private static String broken(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Broken.class);
        return ((Outcome.Broken) outcome).why();
    }

    @Test
    void hostsOfOneCaExchangeChunks() throws Exception {
        try (PeerTls tls = cell.load();
                ServingHost host = serve(tls);
                PeerClient client = new PeerClient(SELF, tls)) {
            host.keep(MODEL.chunk(0));
            assertThat(fetch(client, host, MODEL.chunk(0))).isEqualTo(new Outcome.Done());
            host.fill(MODEL.chunk(1)); // relayed, or out of its file by now
            for (int index = 0; index < 3; index++) {
                host.keep(MODEL.chunk(index));
                assertThat(fetch(client, host, MODEL.chunk(index))).isEqualTo(new Outcome.Done());
            }
        }
    }

    @Test
    void relaysOverTls() throws Exception {
        try (PeerTls tls = cell.load();
                ServingHost host = serve(tls);
                PeerClient client = new PeerClient(SELF, tls)) {
            host.source.allow(3);
            host.fill(MODEL.chunk(1));
            CompletableFuture<Outcome> fetching = CompletableFuture.supplyAsync(() -> {
                try {
                    return fetch(client, host, MODEL.chunk(1));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (host.uploads() == 0) {
                Thread.sleep(5);
            }
            host.source.allowAll();
            assertThat(fetching.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome.Done());
        }
    }

    @Test
    void foreignCertificatesAreRefusedByBothSides() throws Exception {
        try (PeerTls ours = cell.load();
                PeerTls theirs = foreign.load();
                ServingHost host = serve(ours);
                PeerClient stranger = new PeerClient(SELF, theirs)) {
            host.keep(MODEL.chunk(0));
            assertThat(broken(fetch(stranger, host, MODEL.chunk(0))))
                    .as("the client looks first")
                    .contains("TLS: ");
            // One that believes us, but shows a certificate that we don't believe.
            foreign.believe(cell);
            try (PeerTls naive = foreign.load();
                    PeerClient client = new PeerClient(SELF, naive)) {
                // In TLS 1.3 the server looks once the client is done: its alert comes, or the end of the connection
                // first.
                assertThat(broken(fetch(client, host, MODEL.chunk(0)))).containsAnyOf("TLS: ", "closed", "reset");
            }
            assertThat(host.ended("sent")).isZero();
            host.awaitEnded("unauthenticated", 2);
        }
    }

    @Test
    void aClientWithoutACertificateIsRefused() throws Exception {
        SSLContext nobody = SSLContext.getInstance("TLS");
        nobody.init(null, new TrustManager[] {new TrustsAll()}, null);
        try (PeerTls tls = cell.load();
                ServingHost host = serve(tls);
                SSLSocket socket = (SSLSocket) nobody.getSocketFactory()
                        .createSocket(
                                host.address().getAddress(), host.address().getPort())) {
            host.keep(MODEL.chunk(0));
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getOutputStream()
                                .write(("GET /v1/chunks/" + MODEL.id().hex() + "/0 HTTP/1.1\r\nRange: bytes=0-\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                        assertThat(socket.getInputStream().read()).isNegative();
                        throw new SSLException("closed");
                    })
                    .isInstanceOf(IOException.class);
            assertThat(host.ended("sent")).isZero();
            host.awaitEnded("unauthenticated", 1);
        }
    }

    @Test
    void plaintextAndTlsSayWhatIsWrong() throws Exception {
        try (PeerTls tls = cell.load();
                ServingHost secure = serve(tls);
                PeerClient plain = new PeerClient(SELF, null)) {
            assertThat(broken(fetch(plain, secure, MODEL.chunk(0)))).contains("does it want TLS?");
            secure.awaitEnded("unauthenticated", 1);
        }
        try (PeerTls tls = cell.load();
                ServingHost plain = new ServingHost(directory.resolve("plain"), null);
                PeerClient secure = new PeerClient(SELF, tls)) {
            assertThat(broken(fetch(secure, plain, MODEL.chunk(0))))
                    .contains("it speaks no TLS: is peers.tls set there?");
            plain.awaitEnded("bad_request", 1);
        }
    }

    @Test
    void changedFilesAreUsedWhileTransfersRun() throws Exception {
        Certificates other = new Certificates(directory.resolve("other")).issue("host");
        ChunkId relayed = MODEL.chunk(1);
        try (PeerTls server = cell.load();
                PeerTls client = cell.load();
                ServingHost host = serve(server);
                PeerClient old = new PeerClient(SELF, client)) {
            host.source.allow(2);
            host.fill(relayed);
            CompletableFuture<Outcome> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return fetch(old, host, relayed);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (host.uploads() == 0) {
                Thread.sleep(5);
            }
            cell.become(other);
            cell.believe(other);
            try (PeerTls theirs = other.load();
                    PeerClient now = new PeerClient(SELF, theirs)) {
                long start = System.nanoTime();
                Outcome outcome = fetch(now, host, MODEL.chunk(0));
                while (!outcome.equals(new Outcome.Missing()) && System.nanoTime() - start < 20_000_000_000L) {
                    Thread.sleep(50);
                    outcome = fetch(now, host, MODEL.chunk(0));
                }
                assertThat(outcome)
                        .as("believed, and asked for what isn't here")
                        .isEqualTo(new Outcome.Missing());
            }
            assertThat(running).isNotDone();
            host.source.allowAll();
            assertThat(running.get(20, TimeUnit.SECONDS)).as("begun before").isEqualTo(new Outcome.Done());
            foreign = new Certificates(directory.resolve("old"));
            try (PeerTls stranger = foreign.issue("host").load();
                    PeerClient refused = new PeerClient(SELF, stranger)) {
                assertThat(broken(fetch(refused, host, relayed))).contains("TLS: ");
            }
        }
    }

    @Test
    void unusableFilesAreNamed() throws Exception {
        assertThatThrownBy(() -> PeerTls.load(cell.certificate(), directory.resolve("none"), cell.ca()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("peers.tls: can't use certificate " + cell.certificate());
        Files.writeString(cell.key(), "nonsense");
        assertThatThrownBy(() -> PeerTls.load(cell.certificate(), cell.key(), cell.ca()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(cell.key().toString());
    }

    /** The client that has nothing to show shall not be the one that ends it. */
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
