package io.tidepool.agent.peer;

import static io.tidepool.agent.peer.FakePeer.head;
import static io.tidepool.agent.peer.FakePeer.rightHead;
import static io.tidepool.agent.peer.PeerBytes.PATIENT;
import static io.tidepool.agent.peer.PeerBytes.SELF;
import static io.tidepool.agent.peer.PeerBytes.assertRight;
import static io.tidepool.agent.peer.PeerBytes.buffer;
import static io.tidepool.agent.peer.PeerBytes.bytes;
import static io.tidepool.agent.peer.PeerBytes.host;
import static io.tidepool.agent.peer.PeerBytes.sums;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.tracker.ChunkSums;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that lie, stall or break: whatever they do, no wrong byte gets below the watermark, and the fetch ends. */
@Timeout(60)
class PeerClientTest {
    private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
    private static final ObjectVersion MODEL =
            new ObjectVersion("o", "m.safetensors", "e1", ChunkLayout.CHUNK_BYTES + 3L * BLOCK + 777);
    private static final ChunkId LAST = MODEL.chunk(1);

    private final PeerClient client = new PeerClient(SELF, null);

    @AfterEach
    void close() {
        client.close();
    }

    private Outcome fetch(FakePeer peer, LandingBuffer into) throws InterruptedException {
        return client.fetch(host(peer.address()), LAST, into, new Sums(sums(LAST)), PATIENT);
    }

    private static FakePeer.Answer right(int offset) {
        return (request, out) -> {
            out.write(rightHead(offset, LAST.length()));
            out.write(bytes(LAST, offset, 1));
            return true;
        };
    }

    @Test
    void asksForWhatIsMissingAndKeepsTheConnection() throws Exception {
        try (FakePeer peer = new FakePeer(right(0))) {
            for (int i = 0; i < 3; i++) {
                LandingBuffer into = buffer(LAST, 0);
                assertThat(fetch(peer, into)).isEqualTo(new Outcome.Done());
                assertThat(into.isFull()).isTrue();
                assertThat(into.crc64()).isEqualTo(7);
                assertRight(LAST, into);
            }
            peer.answerFromNowOn(right(BLOCK + 13));
            LandingBuffer into = buffer(LAST, BLOCK + 13);
            assertThat(fetch(peer, into)).isEqualTo(new Outcome.Done());
            assertRight(LAST, into);
            assertThat(peer.connections).hasValue(1);
            assertThat(peer.requests.getLast())
                    .contains(
                            "GET /v1/chunks/" + MODEL.id().hex() + "/1 HTTP/1.1",
                            "range: bytes=" + (BLOCK + 13) + "-",
                            "tidepool-host: 127.0.0.1:7480");
        }
    }

    private static FakePeer.Answer lie(byte[] head, byte[] body) {
        return (request, out) -> {
            out.write(head);
            out.write(body);
            return false;
        };
    }

    private static byte[] flipped(int offset) {
        byte[] bytes = bytes(LAST, 0, 1);
        bytes[offset] ^= 1;
        return bytes;
    }

    private static byte[] body(int shift) {
        byte[] right = bytes(LAST, 0, 1);
        byte[] shifted = new byte[right.length];
        System.arraycopy(right, shift, shifted, 0, right.length - shift);
        return shifted;
    }

    static Stream<Arguments> liars() {
        return Stream.concat(liesInTheBody(), liesInTheHead());
    }

    private static Stream<Arguments> liesInTheBody() {
        int length = LAST.length();
        byte[] head = rightHead(0, length);
        byte[] cut = Arrays.copyOf(bytes(LAST, 0, 1), 2 * BLOCK + 1);
        String ended = "the connection ended after " + cut.length + " of " + length + " bytes";
        return Stream.of(
                Arguments.of("a flipped bit", lie(head, flipped(BLOCK + 5)), new Outcome.Corrupt(1), BLOCK),
                Arguments.of("its last bit", lie(head, flipped(length - 1)), new Outcome.Corrupt(3), 3 * BLOCK),
                Arguments.of("another version", lie(head, bytes(LAST, 0, 2)), new Outcome.Corrupt(0), 0),
                Arguments.of("shifted bytes", lie(head, body(1)), new Outcome.Corrupt(0), 0),
                Arguments.of("zeros", lie(head, new byte[length]), new Outcome.Corrupt(0), 0),
                Arguments.of("too short", lie(head, cut), new Outcome.Broken(ended), 2 * BLOCK));
    }

    private static Stream<Arguments> liesInTheHead() {
        int length = LAST.length();
        byte[] right = bytes(LAST, 0, 1);
        String partial = "HTTP/1.1 206 Partial Content";
        String range = PeerProtocol.contentRange(0, length);
        String other = PeerProtocol.contentRange(1, length + 1);
        String rightRange = "content-range: " + range;
        String rightLength = "content-length: " + length;
        byte[] longer = head(partial, rightRange, "content-length: " + (length + 1));
        byte[] shifted = head(partial, "content-range: " + other, rightLength);
        byte[] whole = head("HTTP/1.1 200 OK", rightRange, rightLength);
        byte[] missing = head("HTTP/1.1 404 Not Found", "content-length: 0");
        byte[] missingWithBody = head("HTTP/1.1 404 Not Found", "content-length: 9");
        return Stream.of(
                lieInTheHead("another length", longer, right, "it sends " + (length + 1) + " bytes for " + length),
                lieInTheHead("another range", shifted, right, "it sends " + other + " for " + range),
                lieInTheHead("no range", head(partial, rightLength), right, "it sends null for " + range),
                lieInTheHead("no length", head(partial, rightRange), right, "it sends null bytes for " + length),
                lieInTheHead("the whole chunk", whole, right, "it answered 200 OK"),
                lieInTheHead(
                        "nothing",
                        new byte[0],
                        new byte[0],
                        "it closed the connection without an answer: does it want TLS?"),
                Arguments.of("a missing chunk", lie(missing, new byte[0]), new Outcome.Missing(), 0),
                Arguments.of("a refusal with a body", lie(missingWithBody, new byte[9]), new Outcome.Missing(), 0));
    }

    private static Arguments lieInTheHead(String what, byte[] head, byte[] body, String why) {
        return Arguments.of(what, lie(head, body), new Outcome.Broken(why), 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("liars")
    void aLiarIsFoundOut(String what, FakePeer.Answer lie, Outcome outcome, int landed) throws Exception {
        try (FakePeer peer = new FakePeer(lie)) {
            LandingBuffer into = buffer(LAST, 0);
            assertThat(fetch(peer, into)).isEqualTo(outcome);
            assertThat(peer.requests).hasSize(1);
            assertThat(into.watermark()).isEqualTo(landed);
            assertRight(LAST, into);

            // Another source takes it from there.
            peer.answerFromNowOn(right(landed));
            assertThat(fetch(peer, into)).isEqualTo(new Outcome.Done());
            assertRight(LAST, into);
        }
    }

    @Test
    void garbageIsBroken() throws Exception {
        byte[] endless = new byte[64 << 10];
        Arrays.fill(endless, (byte) 'x');
        for (byte[] garbage : new byte[][] {endless, {0x15, 3, 3, 0, 2, 2, 70}, head("HTTP/1.1 206", "a b c")}) {
            try (FakePeer peer = new FakePeer(lie(garbage, endless))) {
                LandingBuffer into = buffer(LAST, 5);
                assertThat(fetch(peer, into)).isInstanceOf(Outcome.Broken.class);
                assertThat(peer.requests).hasSize(1);
                assertThat(into.watermark()).isEqualTo(5);
            }
        }
    }

    @Test
    void bytesAfterTheBodyAreNobodys() throws Exception {
        try (FakePeer peer = new FakePeer((request, out) -> {
            right(0).to(request, out);
            out.write(bytes(LAST, 0, 2), 0, 5000);
            return true;
        })) {
            for (int i = 1; i <= 2; i++) {
                LandingBuffer into = buffer(LAST, 0);
                assertThat(fetch(peer, into)).isEqualTo(new Outcome.Done());
                assertRight(LAST, into);
            }
            assertThat(peer.connections).as("none is used again").hasValue(2);
        }
    }

    @Test
    void aStalledPeerIsLeftWhenThePaceSaysSo() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        CountDownLatch sentMore = new CountDownLatch(1);
        try (FakePeer peer = new FakePeer((request, out) -> {
            out.write(rightHead(0, LAST.length()));
            out.write(bytes(LAST, 0, 1), 0, BLOCK + 100);
            out.flush();
            left.await();
            out.write(bytes(LAST, 0, 2), 0, 100_000);
            out.flush();
            sentMore.countDown();
            return true;
        })) {
            LandingBuffer into = buffer(LAST, 0);
            int[] seen = new int[1];
            Pace pace = (bytes, nanos) -> {
                seen[0] = bytes;
                return bytes >= BLOCK && nanos > 300_000_000L ? new Outcome.GaveWay() : null;
            };
            assertThat(client.fetch(host(peer.address()), LAST, into, new Sums(sums(LAST)), pace))
                    .isEqualTo(new Outcome.GaveWay());
            // The hundred bytes alone don't wake the receiver (Wakeups): they have come only if the block came with
            // them.
            assertThat(seen[0]).isBetween(BLOCK, BLOCK + 100);
            assertThat(into.watermark()).isEqualTo(BLOCK);
            // The memory is the fill's again: what the peer still sends doesn't get there.
            into.writable().put(bytes(LAST, BLOCK, 1));
            left.countDown();
            sentMore.await(1, TimeUnit.SECONDS); // it may fail to: the connection was closed
            into.advance(into.length() - BLOCK);
            assertRight(LAST, into);
        }
    }

    @Test
    void aBusyPeerMayNameAnother() throws Exception {
        String busy = "HTTP/1.1 503 Service Unavailable";
        try (FakePeer peer = new FakePeer((request, out) -> {
            out.write(head(busy, "content-length: 0", "tidepool-try: 10.1.2.3:7480"));
            return true;
        })) {
            LandingBuffer into = buffer(LAST, 0);
            InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 7480);
            for (int i = 0; i < 50; i++) {
                assertThat(fetch(peer, into)).isEqualTo(new Outcome.Busy(other));
            }
            assertThat(peer.connections).hasValue(1);
            for (String nonsense : new String[] {"example.com:80", "1.2.3.4", "1.2.3.4:99999", ":", "a:b:c"}) {
                peer.answerFromNowOn((request, out) -> {
                    out.write(head(busy, "content-length: 0", "tidepool-try: " + nonsense));
                    return true;
                });
                assertThat(fetch(peer, into)).isEqualTo(new Outcome.Busy(null));
            }
        }
    }

    @Test
    void aConnectionThatThePeerClosedMeanwhileIsMadeAnew() throws Exception {
        try (FakePeer peer = new FakePeer(lie(rightHead(0, LAST.length()), bytes(LAST, 0, 1)))) {
            for (int i = 1; i <= 5; i++) {
                LandingBuffer into = buffer(LAST, 0);
                assertThat(fetch(peer, into)).isEqualTo(new Outcome.Done());
                assertThat(peer.connections).hasValue(i);
            }
        }
    }

    @Test
    void whereNobodyListensIsBroken() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(closed.getInetAddress(), closed.getLocalPort());
        }
        assertThat(client.fetch(host(nobody), LAST, buffer(LAST, 0), new Sums(sums(LAST)), PATIENT))
                .isInstanceOfSatisfying(
                        Outcome.Broken.class, broken -> assertThat(broken.why()).contains("Connection refused"));
    }

    @Test
    void noByteIsShownBeforeItsSumIsKnown() throws Exception {
        try (FakePeer peer = new FakePeer(right(0))) {
            LandingBuffer into = buffer(LAST, 0);
            Sums sums = new Sums(ChunkSums.NONE);
            CompletableFuture<Outcome> fetching = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.fetch(host(peer.address()), LAST, into, sums, PATIENT);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            int[] all = sums(LAST).crc32c();
            for (int known = 1; known <= all.length; known++) {
                Thread.sleep(20);
                assertThat(into.watermark()).isEqualTo((known - 1) * BLOCK);
                CountDownLatch shown = new CountDownLatch(1);
                into.whenReadable(Math.min(known * BLOCK, into.length()), shown::countDown);
                sums.update(new ChunkSums(Arrays.copyOf(all, known), OptionalLong.empty()));
                assertThat(shown.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(fetching.get(10, TimeUnit.SECONDS)).isEqualTo(new Outcome.Done());
            assertThat(into.hasCrc64()).isFalse();
            assertRight(LAST, into);
        }
    }

    @Test
    void withoutSumsNothingIsEverShown() throws Exception {
        try (FakePeer peer = new FakePeer(right(0))) {
            LandingBuffer into = buffer(LAST, 0);
            assertThat(client.fetch(host(peer.address()), LAST, into, new Sums(ChunkSums.NONE), PATIENT))
                    .isEqualTo(new Outcome.NoSums());
            assertThat(into.watermark()).isZero();
        }
    }

    @Test
    void anInterruptedFetchLetsGoOfTheMemory() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FakePeer peer = new FakePeer((request, out) -> {
            asked.countDown();
            return true;
        })) {
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            Thread filler = Thread.ofPlatform().start(() -> {
                try {
                    fetch(peer, buffer(LAST, 0));
                } catch (InterruptedException e) {
                    ended.complete(e);
                }
            });
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            filler.interrupt();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aClosedClientFetchesNothing() throws IOException, InterruptedException {
        try (FakePeer peer = new FakePeer(right(0))) {
            assertThat(fetch(peer, buffer(LAST, 0))).isEqualTo(new Outcome.Done());
            client.close();
            assertThat(fetch(peer, buffer(LAST, 0))).isInstanceOf(Outcome.Broken.class);
        }
    }
}
