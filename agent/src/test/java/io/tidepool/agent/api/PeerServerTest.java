package io.tidepool.agent.api;

import static io.tidepool.agent.peer.PeerBytes.PATIENT;
import static io.tidepool.agent.peer.PeerBytes.SELF;
import static io.tidepool.agent.peer.PeerBytes.assertRight;
import static io.tidepool.agent.peer.PeerBytes.buffer;
import static io.tidepool.agent.peer.PeerBytes.bytes;
import static io.tidepool.agent.peer.PeerBytes.host;
import static io.tidepool.agent.peer.PeerBytes.sums;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cache.FakeSource;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.peer.Outcome;
import io.tidepool.agent.peer.PeerClient;
import io.tidepool.agent.peer.Sums;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks over real sockets, out of files and out of landing memory: the right bytes, whatever happens to their source. */
@Timeout(60)
class PeerServerTest {
    private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
    /** Odd, so that its last chunk ends in the middle of a block, a page and a word. */
    private static final ObjectVersion MODEL =
            new ObjectVersion("o", "m.safetensors", "e1", 2L * ChunkLayout.CHUNK_BYTES + 3L * BLOCK + 777);

    private static final ChunkId MIDDLE = MODEL.chunk(1);
    private static final ChunkId LAST = MODEL.chunk(2);

    @TempDir
    Path directory;

    private final PeerClient client = new PeerClient(SELF, null);
    private ServingHost host;

    @BeforeEach
    void open() throws Exception {
        host = new ServingHost(directory.resolve("a"), null);
    }

    @AfterEach
    void close() {
        client.close();
        host.close();
    }

    private Outcome fetch(ChunkId id, LandingBuffer into) throws InterruptedException {
        return client.fetch(host(host.address()), id, into, new Sums(sums(id)), PATIENT);
    }

    private CompletableFuture<Outcome> fetchLater(ChunkId id, LandingBuffer into) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                outcome.complete(fetch(id, into));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(what).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.sleep(5);
        }
    }

    private static String[] request(ChunkId id, int offset) {
        return new String[] {
            "GET /v1/chunks/" + id.version().id().hex() + "/" + id.index() + " HTTP/1.1",
            "Host: x",
            "Range: bytes=" + offset + "-"
        };
    }

    /** netty#2764: a FileRegion with a position other than 0 sent wrong bytes over epoll. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4097, BLOCK, BLOCK + 13, 3 * BLOCK + 776})
    void sendsFilesFromAnyOffset(int offset) throws Exception {
        for (ChunkId id : List.of(MODEL.chunk(0), MIDDLE, LAST)) {
            host.keep(id);
            LandingBuffer into = buffer(id, offset);
            assertThat(fetch(id, into)).isEqualTo(new Outcome.Done());
            assertRight(id, into);
            assertThat(into.isFull()).isTrue();
        }
        host.awaitEnded("sent", 3);
        assertThat(host.metrics.count(Metric.PEER_UPLOAD_BYTES, "file"))
                .isEqualTo((double) (MODEL.sizeBytes() - 3L * offset));
    }

    @Test
    void relaysWhatIsLandingBlockByBlock() throws Exception {
        host.fill(LAST);
        LandingBuffer into = buffer(LAST, 0);
        CompletableFuture<Outcome> fetching = fetchLater(LAST, into);
        for (int block = 1; block <= 4; block++) {
            CountDownLatch landed = new CountDownLatch(1);
            into.whenReadable(Math.min(block * BLOCK, LAST.length()), landed::countDown);
            assertThat(landed.await(20, TimeUnit.MILLISECONDS)).isFalse();
            host.source.allow(1);
            assertThat(landed.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(fetching.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome.Done());
        assertRight(LAST, into);
        host.awaitEnded("sent", 1);
        assertThat(host.metrics.count(Metric.PEER_UPLOAD_BYTES, "memory")).isEqualTo(LAST.length());
        assertThat(host.source.asked).containsExactly(LAST);
    }

    @Test
    void relaysFromAnOffsetThatHasNotLandedYet() throws Exception {
        host.fill(MIDDLE);
        LandingBuffer into = buffer(MIDDLE, 2 * BLOCK + 13);
        CompletableFuture<Outcome> fetching = fetchLater(MIDDLE, into);
        host.source.allow(2);
        await("the upload runs", () -> host.uploads() == 1);
        assertThat(fetching).isNotDone();
        host.source.allowAll();
        assertThat(fetching.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome.Done());
        assertRight(MIDDLE, into);
    }

    @Test
    void aFillThatFailsCutsItsRelays() throws Exception {
        host.source.allow(2);
        host.fill(LAST);
        LandingBuffer into = buffer(LAST, 0);
        CompletableFuture<Outcome> fetching = fetchLater(LAST, into);
        CountDownLatch landed = new CountDownLatch(1);
        into.whenReadable(2 * BLOCK, landed::countDown);
        assertThat(landed.await(20, TimeUnit.SECONDS)).isTrue();
        host.source.failNext(Kind.UNAVAILABLE);
        assertThat(fetching.get(20, TimeUnit.SECONDS))
                .isEqualTo(new Outcome.Broken(
                        "the connection ended after " + 2 * BLOCK + " of " + LAST.length() + " bytes"));
        assertThat(into.watermark()).isEqualTo(2 * BLOCK);
        assertRight(LAST, into);
        host.awaitEnded("cut", 1);
        await("the memory is the pool's", () -> host.landing.usedBytes() == 0);
    }

    @Test
    void aRemovedFileIsSentToItsEnd() throws Exception {
        host.keep(MIDDLE);
        try (RawPeer peer = new RawPeer(host.address())) {
            assertThat(peer.ask(request(MIDDLE, 0)).status()).isEqualTo(206);
            host.disk.dropAll(MODEL);
            assertThat(host.disk.path(MODEL)).doesNotExist();
            assertThat(peer.read(MIDDLE.length())).isEqualTo(bytes(MIDDLE, 0, 1));
            await("the upload ends", () -> host.uploads() == 0);
            assertThat(peer.ask(request(MIDDLE, 0)).status()).isEqualTo(404);
        }
    }

    @Test
    void aSlowPeerKeepsNoLandingMemory() throws Exception {
        host.source.allow(3);
        host.fill(MIDDLE);
        try (RawPeer peer = new RawPeer(host.address(), 4096)) {
            assertThat(peer.ask(request(MIDDLE, 0)).status()).isEqualTo(206);
            byte[] first = peer.read(BLOCK);
            host.source.allowAll();
            await("the chunk is on disk", () -> host.disk.cachedBytes(MODEL) == MIDDLE.length());
            await("the memory is the pool's", () -> host.landing.usedBytes() == 0);
            assertThat(host.uploads()).isEqualTo(1);
            byte[] right = bytes(MIDDLE, 0, 1);
            assertThat(first).isEqualTo(Arrays.copyOf(right, BLOCK));
            assertThat(peer.read(MIDDLE.length() - BLOCK)).isEqualTo(bytes(MIDDLE, BLOCK, 1));
        }
        host.awaitEnded("sent", 1);
    }

    @Test
    void overItsSlotsItSaysAtOnceWhoElseHasTheChunk() throws Exception {
        host.keep(LAST);
        List<RawPeer> peers = new ArrayList<>();
        try (PeerClient other = new PeerClient(new InetSocketAddress("127.0.0.2", 7), null)) {
            LandingBuffer theirs = buffer(LAST, 0);
            assertThat(other.fetch(host(host.address()), LAST, theirs, new Sums(sums(LAST)), PATIENT))
                    .isEqualTo(new Outcome.Done());
            host.keep(MIDDLE);
            await("all slots are free", () -> host.uploads() == 0);
            for (int i = 0; i < 4; i++) {
                RawPeer peer = new RawPeer(host.address(), 4096);
                peers.add(peer);
                assertThat(peer.ask(request(MIDDLE, 0)).status()).isEqualTo(206);
            }
            assertThat(host.uploads()).isEqualTo(4);
            assertThat(fetch(LAST, buffer(LAST, 0))).isEqualTo(new Outcome.Busy(new InetSocketAddress("127.0.0.2", 7)));
            assertThat(fetch(MIDDLE, buffer(MIDDLE, 0)))
                    .as("nobody who said where")
                    .isEqualTo(new Outcome.Busy(null));
            assertThat(other.fetch(host(host.address()), LAST, buffer(LAST, 0), new Sums(sums(LAST)), PATIENT))
                    .as("not itself")
                    .isEqualTo(new Outcome.Busy(null));
            host.awaitEnded("busy", 3);
            peers.removeFirst().close();
            await("a slot is free", () -> host.uploads() == 3);
            assertThat(fetch(LAST, buffer(LAST, 0))).isEqualTo(new Outcome.Done());
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aFileThatCannotBeSentIsForgotten() throws Exception {
        host.keep(MIDDLE);
        host.keep(LAST);
        try (RandomAccessFile file = new RandomAccessFile(host.disk.path(MODEL).toFile(), "rw")) {
            file.setLength(MIDDLE.offset() + 2L * BLOCK);
        }
        LandingBuffer into = buffer(MIDDLE, 0);
        assertThat(fetch(MIDDLE, into)).isInstanceOf(Outcome.Broken.class);
        assertThat(into.watermark()).isEqualTo(2 * BLOCK);
        assertRight(MIDDLE, into);
        host.awaitEnded("unreadable", 1);
        await("the chunk is forgotten", () -> host.disk.cachedBytes(MODEL) == LAST.length());
        assertThat(fetch(MIDDLE, into)).isEqualTo(new Outcome.Missing());
    }

    @Test
    void closingCutsUploadsAndLetsGoOfTheirChunks() throws Exception {
        host.source.allow(1);
        host.fill(LAST);
        LandingBuffer into = buffer(LAST, 0);
        CompletableFuture<Outcome> fetching = fetchLater(LAST, into);
        await("the upload runs", () -> host.uploads() == 1);
        host.stopServing();
        assertThat(fetching.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Broken.class);
        assertThat(host.uploads()).isZero();
        host.source.allowAll();
        await("the memory is the pool's", () -> host.landing.usedBytes() == 0);
        assertThat(fetch(LAST, into)).isInstanceOf(Outcome.Broken.class);
        assertRight(LAST, into);
    }

    @Test
    void manyPeersGetManyChunks() throws Exception {
        FakeSource source = host.source;
        List<CompletableFuture<Outcome>> fetching = new ArrayList<>();
        List<LandingBuffer> into = new ArrayList<>();
        host.keep(MODEL.chunk(0));
        for (int round = 0; round < 10; round++) {
            for (int index = 0; index < 3; index++) {
                ChunkId id = MODEL.chunk(index);
                if (source.asked.stream().noneMatch(id::equals)) {
                    host.fill(id);
                }
                LandingBuffer buffer = buffer(id, round * 1001);
                into.add(buffer);
                fetching.add(fetchLater(id, buffer));
            }
            for (CompletableFuture<Outcome> each : fetching) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome.Done());
            }
            for (int i = 0; i < into.size(); i++) {
                assertRight(MODEL.chunk(i), into.get(i));
            }
            fetching.clear();
            into.clear();
        }
        host.awaitEnded("sent", 30);
    }
}
