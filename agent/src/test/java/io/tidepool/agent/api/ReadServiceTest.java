package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.LocalLease;
import io.tidepool.agent.api.client.ReadSummary;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EntryType;
import io.tidepool.proto.v1.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReadServiceTest {
    private static final int CHUNK = TestAgent.CHUNK;
    private static final int BLOCK = 1 << 20;

    /** One agent for all tests, for starting one takes half a second; each test has a file of its own. */
    private static TestAgent agent;

    private static TidepoolClient client;
    private static int files;

    private final String key = "file-" + files++;
    private final String path = "/m/" + key;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        agent = new TestAgent(directory);
        client = agent.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        agent.close();
    }

    @AfterEach
    void openTheOrigin() {
        agent.origin.fail(null);
        agent.origin.open();
    }

    private ClientException failureOf(String path) {
        return catchThrowableOfType(ClientException.class, () -> client.stat(path));
    }

    @Test
    void statTellsTheOriginsFactsAndWhatIsCached() throws Exception {
        agent.put("d/file", 1, CHUNK + 5);
        Entry before = client.stat("/m/d/file");
        assertThat(before.getType()).isEqualTo(EntryType.ENTRY_TYPE_FILE);
        assertThat(before.getPath()).isEqualTo("/m/d/file");
        assertThat(before.getSizeBytes()).isEqualTo(CHUNK + 5);
        assertThat(before.getEtag()).isNotEmpty();
        assertThat(before.getOrigin()).isEqualTo("bucket");
        assertThat(before.getKey()).isEqualTo("d/file");
        assertThat(before.getCachedBytes()).isZero();
        assertThat(before.getComplete()).isFalse();

        client.read("/m/d/file", 0, 0, OutputStream.nullOutputStream());
        Entry after = settled("/m/d/file");
        assertThat(after.getComplete()).isTrue();
        assertThat(client.stat("/m/d/").getType()).isEqualTo(EntryType.ENTRY_TYPE_DIRECTORY);
        assertThat(client.stat("/").getPath()).isEqualTo("/");
    }

    /** A reader may have its last byte some time before the chunk is on disk. */
    private Entry settled(String path) throws Exception {
        Entry entry = client.stat(path);
        while (entry.getCachedBytes() < entry.getSizeBytes()) {
            Thread.sleep(5);
            entry = client.stat(path);
        }
        return entry;
    }

    @Test
    void errorsSayWhatAndWhy() throws Exception {
        agent.put(key, 1, 10);
        assertThat(failureOf("/m/none")).hasMessage("no such file or directory: /m/none");
        assertThat(failureOf("/m/none").kind()).isEqualTo(ErrorKind.ERROR_KIND_NOT_FOUND);
        assertThat(failureOf("relative").kind()).isEqualTo(ErrorKind.ERROR_KIND_INVALID);
        assertThat(failureOfRead("/m").kind()).isEqualTo(ErrorKind.ERROR_KIND_IS_DIRECTORY);
        assertThat(catchThrowableOfType(ClientException.class, () -> client.list(path, e -> {}))
                        .kind())
                .isEqualTo(ErrorKind.ERROR_KIND_NOT_DIRECTORY);
        agent.origin.fail(Kind.ACCESS_DENIED);
        assertThat(failureOfRead(path).kind()).isEqualTo(ErrorKind.ERROR_KIND_ACCESS_DENIED);
    }

    private ClientException failureOfRead(String path) {
        return catchThrowableOfType(
                ClientException.class, () -> client.read(path, 0, 0, OutputStream.nullOutputStream()));
    }

    @Test
    void directoriesAreListedInPagesWithNothingTwiceOrMissing() throws Exception {
        for (int i = 0; i < 600; i++) {
            agent.put("big/" + String.format("%04d", i), 1, 0);
        }
        List<String> paths = new ArrayList<>();
        client.list("/m/big", entry -> paths.add(entry.getPath()));
        assertThat(paths).hasSize(600).doesNotHaveDuplicates().isSorted();
        List<String> top = new ArrayList<>();
        client.list("/", entry -> top.add(entry.getPath()));
        client.list("/m/", entry -> top.add(entry.getPath()));
        assertThat(top).startsWith("/m", "/m/big").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, BLOCK - 1, BLOCK, CHUNK - 1, CHUNK, CHUNK + 1, 2L * CHUNK + 3 * BLOCK + 7})
    void wholeFilesArriveRight(long size) throws Exception {
        agent.put(key, 7, size);
        for (int round = 0; round < 2; round++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ReadSummary summary = client.read(path, 0, 0, bytes);
            assertThat(summary.bytes()).isEqualTo(size);
            assertThat(summary.fileBytes()).isEqualTo(size);
            assertThat(bytes.size()).isEqualTo((int) size);
            assertThat(SyntheticBytes.check(key, 7, 0, ByteBuffer.wrap(bytes.toByteArray())))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1",
        "1048575, 2, 2",
        "8388600, 16, 16",
        "5, 3145728, 3145728",
        "12000000, 0, 4777216",
        "12000000, 99999999, 4777216",
        "16777216, 0, 0",
        "16777216, 5, 0"
    })
    void rangesAreCutAtTheEnd(long offset, long length, int expected) throws Exception {
        agent.put(key, 7, 2L * CHUNK);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(client.read(path, offset, length, bytes).bytes()).isEqualTo(expected);
        assertThat(bytes.size()).isEqualTo(expected);
        assertThat(SyntheticBytes.check(key, 7, offset, ByteBuffer.wrap(bytes.toByteArray())))
                .isEmpty();
    }

    @Test
    void rangesThatCannotBeAreRefused() throws Exception {
        agent.put(key, 7, 10);
        assertThatThrownBy(() -> client.read(path, 11, 0, OutputStream.nullOutputStream()))
                .hasMessage(path + ": offset 11 is behind the end (size 10)");
        assertThatThrownBy(() -> client.read(path, -1, 1, OutputStream.nullOutputStream()))
                .isInstanceOf(ClientException.class);
    }

    @Test
    void aBufferIsReadFullOrToTheEnd() throws Exception {
        agent.put(key, 7, CHUNK + 100);
        ByteBuffer direct = ByteBuffer.allocateDirect(3_000_000);
        assertThat(client.read(path, 7_000_000, direct)).isEqualTo(1_388_708);
        assertThat(SyntheticBytes.check(key, 7, 7_000_000, direct.flip())).isEmpty();
        assertThat(client.read(path, CHUNK + 100L, ByteBuffer.allocate(5))).isZero();
    }

    @Test
    void aCallStaysWithTheVersionThatItBeganWith() throws Exception {
        agent.put(key, 1, 4L * CHUNK);
        agent.origin.allow(2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<ClientException> failure = CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                ClientException.class,
                () -> client.read(path, 0, 0, new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("by the array only");
                    }

                    @Override
                    public void write(byte[] b, int off, int len) {
                        bytes.write(b, off, len);
                        begun.countDown();
                    }
                })));
        begun.await();
        String etag = client.stat(path).getEtag();
        agent.put(key, 2, 4L * CHUNK);
        agent.origin.open();
        assertThat(failure.get(20, TimeUnit.SECONDS).kind()).isEqualTo(ErrorKind.ERROR_KIND_STALE);
        assertThat(SyntheticBytes.check(key, 1, 0, ByteBuffer.wrap(bytes.toByteArray())))
                .isEmpty();

        Thread.sleep(150);
        assertThatThrownBy(() -> client.read(path, 0, 1, etag, OutputStream.nullOutputStream()))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.ERROR_KIND_STALE));
        ByteBuffer now = ByteBuffer.allocate(100);
        client.read(path, 3, now);
        assertThat(SyntheticBytes.check(key, 2, 3, now.flip())).isEmpty();
    }

    @Test
    void readsOverTheLimitWaitAndThenFail() throws Exception {
        agent.put(key, 1, CHUNK);
        agent.origin.allow(0);
        List<CompletableFuture<ClientException>> reads = new ArrayList<>();
        for (int i = 0; i < TestAgent.MAX_READS; i++) {
            reads.add(CompletableFuture.supplyAsync(() -> failureOfRead(path)));
        }
        while (agent.reads.activeReads() < TestAgent.MAX_READS) {
            Thread.sleep(1);
        }
        assertThat(failureOfRead(path).kind()).isEqualTo(ErrorKind.ERROR_KIND_BUSY);
        CompletableFuture<ClientException> waiter = CompletableFuture.supplyAsync(() -> failureOfRead(path));
        agent.origin.open();
        for (CompletableFuture<ClientException> read : reads) {
            assertThat(read.get(20, TimeUnit.SECONDS)).isNull();
        }
        assertThat(waiter.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(agent.origin.reads)
                .filteredOn(chunk -> chunk.version().key().equals(key))
                .hasSize(1);
    }

    @Test
    void anInterruptedClientEndsTheAgentsWork() throws Exception {
        agent.put(key, 1, CHUNK);
        agent.origin.allow(0);
        CompletableFuture<ClientException> failure = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> failure.complete(failureOfRead(path)));
        while (agent.reads.activeReads() == 0) {
            Thread.sleep(1);
        }
        long start = System.nanoTime();
        reader.interrupt();
        while (agent.reads.activeReads() > 0) {
            Thread.sleep(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(failure.get(5, TimeUnit.SECONDS).reason()).isEqualTo(ClientException.Reason.CANCELLED);
    }

    @Test
    void aLeaseIsTheCacheFileAndLivesAsLongAsItsCall() throws Exception {
        agent.put(key, 9, CHUNK + 3);
        assertThat(client.openLocal(path, false)).isNull();
        Path leased;
        FileChannel open;
        try (LocalLease lease = client.openLocal(path, true)) {
            leased = lease.path();
            assertThat(lease.sizeBytes()).isEqualTo(CHUNK + 3);
            assertThat(lease.etag()).isEqualTo(client.stat(path).getEtag());
            assertThat(SyntheticBytes.check(key, 9, 0, ByteBuffer.wrap(Files.readAllBytes(leased))))
                    .isEmpty();
            open = FileChannel.open(leased);
            assertThat(client.status().getTraffic().getActiveLeases()).isEqualTo(1);
        }
        while (client.status().getTraffic().getActiveLeases() > 0) {
            Thread.sleep(1);
        }
        assertThat(client.evict(List.of(path), false).getVersions()).isEqualTo(1);
        assertThat(leased).doesNotExist();
        try (open) {
            ByteBuffer still = ByteBuffer.allocate(CHUNK + 3);
            assertThat(open.read(still)).isEqualTo(CHUNK + 3);
            assertThat(SyntheticBytes.check(key, 9, 0, still.flip())).isEmpty();
        }
    }

    @Test
    void aStuckReaderFetchesNoFurtherAndHoldsNoLandingMemory() throws Exception {
        agent.put(key, 1, 6L * CHUNK);
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CompletableFuture<ClientException> end = CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                ClientException.class,
                () -> client.read(path, 0, 0, new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("by the array only");
                    }

                    @Override
                    public void write(byte[] b, int off, int len) throws IOException {
                        stuck.countDown();
                        try {
                            letGo.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        bytes.write(b, off, len);
                    }
                })));
        stuck.await();
        // The client's window is 4 MiB and the server's queue 2: the second chunk is the furthest that they reach.
        Thread.sleep(500);
        assertThat(agent.origin.reads)
                .filteredOn(chunk -> chunk.version().key().equals(key))
                .hasSizeBetween(1, 2);
        assertThat(agent.landing.usedBytes()).isZero();
        letGo.countDown();
        assertThat(end.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(SyntheticBytes.check(key, 1, 0, ByteBuffer.wrap(bytes.toByteArray())))
                .isEmpty();
        assertThat(bytes.size()).isEqualTo(6 * CHUNK);
    }

    @Test
    void aSinkThatFailsEndsTheCall() throws Exception {
        agent.put(key, 1, CHUNK);
        assertThatThrownBy(() -> client.read(path, 0, 0, new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("full");
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("full");
        while (agent.reads.activeReads() > 0) {
            Thread.sleep(1);
        }
    }
}
