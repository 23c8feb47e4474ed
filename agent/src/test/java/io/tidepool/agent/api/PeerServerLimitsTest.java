package io.tidepool.agent.api;

import static io.tidepool.agent.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer may ask, and how long and how fast: nothing else is answered, and nobody holds on for ever. */
@Timeout(60)
class PeerServerLimitsTest {
    private static final ObjectVersion MODEL =
            new ObjectVersion("o", "m.safetensors", "e1", ChunkLayout.CHUNK_BYTES + 1000L);
    private static final ChunkId LAST = MODEL.chunk(1);
    private static final String PATH = "/v1/chunks/" + MODEL.id().hex() + "/1";

    @TempDir
    Path directory;

    private ServingHost host(PeerServerOptions options) throws Exception {
        ServingHost host = new ServingHost(directory.resolve("a"), options, null);
        host.keep(LAST);
        return host;
    }

    @Test
    void answersRequestAfterRequestOnOneConnection() throws Exception {
        try (ServingHost host = host(ServingHost.options(4, 0));
                RawPeer peer = new RawPeer(host.address())) {
            for (int offset = 0; offset < LAST.length(); offset += 333) {
                RawPeer.Head head = peer.ask("GET " + PATH + " HTTP/1.1", "Range: bytes=" + offset + "-");
                int left = LAST.length() - offset;
                assertThat(head.lines())
                        .contains(
                                "http/1.1 206 partial content",
                                "content-length: " + left,
                                "content-range: bytes " + offset + "-999/1000");
                assertThat(peer.read(left)).isEqualTo(bytes(LAST, offset, 1));
            }
            assertThat(peer.ask("GET " + PATH + " HTTP/1.1", "Range: bytes=1000-")
                            .status())
                    .isEqualTo(416);
            assertThat(peer.ask("GET /v1/chunks/" + MODEL.id().hex() + "/0 HTTP/1.1", "Range: bytes=0-")
                            .status())
                    .as("a chunk that isn't here is not fetched")
                    .isEqualTo(404);
            assertThat(peer.ask("GET /v1/chunks/" + MODEL.id().hex() + "/2 HTTP/1.1", "Range: bytes=0-")
                            .status())
                    .isEqualTo(404);
            assertThat(peer.ask("GET /v1/chunks/" + "0".repeat(32) + "/0 HTTP/1.1", "Range: bytes=0-")
                            .status())
                    .isEqualTo(404);
            assertThat(peer.ask("GET " + PATH + " HTTP/1.1", "Range: bytes=999-")
                            .status())
                    .isEqualTo(206);
            assertThat(peer.read(1)).hasSize(1);
            assertThat(host.source.asked).containsExactly(LAST);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Range: bytes=0-",
                "GET /v1/chunks/ HTTP/1.1|Range: bytes=0-",
                "GET /v1/chunks/../../etc/passwd HTTP/1.1|Range: bytes=0-",
                "GET /v1/chunks/m.safetensors/1 HTTP/1.1|Range: bytes=0-",
                "GET PATH/ HTTP/1.1|Range: bytes=0-",
                "GET PATH?x=1 HTTP/1.1|Range: bytes=0-",
                "GET PATH1111111111 HTTP/1.1|Range: bytes=0-",
                "GET http://other/PATH HTTP/1.1|Range: bytes=0-",
                "GET PATH HTTP/1.1",
                "GET PATH HTTP/1.0|Range: bytes=0-",
                "GET PATH HTTP/1.1|Range: bytes=0-10",
                "GET PATH HTTP/1.1|Range: bytes=-10",
                "GET PATH HTTP/1.1|Range: bytes=0-,5-",
                "GET PATH HTTP/1.1|Range: bytes=00-",
                "GET PATH HTTP/1.1|Range: bytes=9999999999-",
                "HEAD PATH HTTP/1.1|Range: bytes=0-",
                "PUT PATH HTTP/1.1|Range: bytes=0-",
                "POST PATH HTTP/1.1|Range: bytes=0-|Content-Length: 5",
                "GET PATH HTTP/1.1|Range: bytes=0-|Content-Length: 5",
                "GET PATH HTTP/1.1|Range: bytes=0-|Transfer-Encoding: chunked",
                "CONNECT other:80 HTTP/1.1",
                "nonsense",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
            })
    void nothingElseCanBeAskedFor(String request) throws Exception {
        try (ServingHost host = host(ServingHost.options(4, 0));
                RawPeer peer = new RawPeer(host.address())) {
            assertThat(peer.ask(request.replace("PATH", PATH).split("\\|", -1)).status())
                    .isEqualTo(400);
            assertThat(peer.isClosed()).isTrue();
            host.awaitEnded("bad_request", 1);
        }
    }

    @Test
    void longLinesAndManyHeadersAreRefused() throws Exception {
        try (ServingHost host = host(ServingHost.options(4, 0))) {
            try (RawPeer peer = new RawPeer(host.address())) {
                assertThat(peer.ask("GET /" + "a".repeat(5000) + " HTTP/1.1").status())
                        .isEqualTo(400);
                assertThat(peer.isClosed()).isTrue();
            }
            try (RawPeer peer = new RawPeer(host.address())) {
                assertThat(peer.ask("GET " + PATH + " HTTP/1.1", "Range: bytes=0-", "A: " + "a".repeat(5000))
                                .status())
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void requestsDoNotPileUp() throws Exception {
        try (ServingHost host = new ServingHost(directory.resolve("a"), ServingHost.options(4, 0), null)) {
            host.fill(LAST); // waits for the source
            try (RawPeer peer = new RawPeer(host.address())) {
                assertThat(peer.ask("GET " + PATH + " HTTP/1.1", "Range: bytes=0-")
                                .status())
                        .isEqualTo(206);
                peer.send("GET " + PATH + " HTTP/1.1", "Range: bytes=0-");
                assertThat(peer.isClosed()).isTrue();
            }
            host.source.allowAll();
        }
    }

    @Test
    void aPeerThatTakesNothingLosesItsSlot() throws Exception {
        try (ServingHost host = host(ServingHost.impatient())) {
            host.keep(MODEL.chunk(0));
            try (RawPeer peer = new RawPeer(host.address(), 4096)) {
                assertThat(peer.ask("GET /v1/chunks/" + MODEL.id().hex() + "/0 HTTP/1.1", "Range: bytes=0-")
                                .status())
                        .isEqualTo(206);
                long start = System.nanoTime();
                while (host.uploads() > 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
                    Thread.sleep(10);
                }
                host.awaitEnded("broken", 1);
                assertThat(host.uploads()).isZero();
            }
        }
    }

    @Test
    void aConnectionWithoutRequestsIsClosed() throws Exception {
        try (ServingHost host = host(ServingHost.impatient());
                RawPeer silent = new RawPeer(host.address());
                RawPeer slow = new RawPeer(host.address())) {
            slow.send("GET " + PATH + " HTTP/1.1");
            assertThat(silent.isClosed()).isTrue();
            assertThat(slow.read(100))
                    .as("the end of a request that is already wrong")
                    .isNotNull();
        }
    }

    @Test
    void connectionsAreBounded() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        try (ServingHost host = host(ServingHost.options(1, 0))) {
            for (int i = 0; i < 256; i++) {
                peers.add(new RawPeer(host.address()));
            }
            assertThat(peers.getLast()
                            .ask("GET " + PATH + " HTTP/1.1", "Range: bytes=999-")
                            .status())
                    .isEqualTo(206);
            try (RawPeer more = new RawPeer(host.address())) {
                assertThat(more.isClosed()).isTrue();
            }
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void sendsNoFasterThanItsBudget() throws Exception {
        try (ServingHost host = host(ServingHost.options(4, 4 << 20))) {
            host.keep(MODEL.chunk(0));
            long start = System.nanoTime();
            try (RawPeer peer = new RawPeer(host.address());
                    RawPeer other = new RawPeer(host.address())) {
                for (RawPeer each : List.of(peer, other)) {
                    assertThat(each.ask("GET /v1/chunks/" + MODEL.id().hex() + "/0 HTTP/1.1", "Range: bytes=4194304-")
                                    .status())
                            .isEqualTo(206);
                }
                assertThat(peer.read(4 << 20)).isEqualTo(bytes(MODEL.chunk(0), 4 << 20, 1));
                assertThat(other.read(4 << 20)).isEqualTo(bytes(MODEL.chunk(0), 4 << 20, 1));
            }
            // 8 MiB at 4 MiB/s, of which one may be sent at once and the last ones wait for nothing
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1200));
        }
    }

    @Test
    void aTakenPortIsSaidInOneLine() throws Exception {
        try (ServingHost host = host(ServingHost.options(4, 0))) {
            PeerServerOptions same = new PeerServerOptions(host.address(), 1, 0);
            assertThatThrownBy(() -> PeerServer.start(same, host.cache, null, host.metrics))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can't serve peers on " + host.address())
                    .hasMessageContaining("in use");
        }
    }
}
