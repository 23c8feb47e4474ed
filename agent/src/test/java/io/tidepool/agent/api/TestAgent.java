package io.tidepool.agent.api;

import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.catalog.Policy;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.CacheDirectoryException;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.OriginLimits;
import io.tidepool.agent.origin.OriginSource;
import io.tidepool.agent.origin.PacedOrigin;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.agent.read.OpenFile;
import io.tidepool.agent.read.ReadOptions;
import io.tidepool.agent.read.StreamOrder;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything from a directory to the gRPC API in this process: one mount {@code /m}, whose chunks a test may hold back. */
public final class TestAgent implements AutoCloseable {
    static final int CHUNK = 8 << 20;
    static final int MAX_READS = 3;
    static final long CACHE_BYTES = 1L << 30;
    private static final int LANDING_BUFFERS = 6;

    final GatedOrigin origin;
    final Metrics metrics = new Metrics();
    final DiskTier disk;
    final LandingPool landing = new LandingPool((long) LANDING_BUFFERS * CHUNK, metrics);
    final LoadReports loads = new LoadReports(InstantSource.system(), System::nanoTime, metrics);
    final ReadService reads;
    final CellService cellService;
    private final Path directory;
    private final Path originDirectory;
    private final Fills fills;
    private final FileReader reader;
    private final ApiServer server;

    /** @param directory of its own; the origin's files are in {@code origin} */
    public TestAgent(Path directory) throws IOException, CacheDirectoryException {
        this(directory, directory.resolve("origin"), null);
    }

    /** @param cell that it is a host of; null: of none */
    TestAgent(Path directory, Path originDirectory, @Nullable Cell cell) throws IOException, CacheDirectoryException {
        this.directory = directory;
        this.originDirectory = originDirectory;
        Files.createDirectories(directory);
        Files.createDirectories(originDirectory);
        origin = new GatedOrigin("bucket", originDirectory);
        disk = DiskTier.open(
                DiskOptions.of(directory.resolve("cache"), CACHE_BYTES).keepingFree(0), metrics);
        Integrity integrity = new Integrity(disk, metrics);
        PacedOrigin paced = new PacedOrigin(origin, OriginLimits.of(LANDING_BUFFERS), metrics);
        OriginSource source = new OriginSource(Map.of("bucket", paced), Duration.ofSeconds(2), metrics);
        fills = new Fills(landing, disk, List.of(disk, source), integrity, metrics);
        ChunkCache cache = new ChunkCache(disk, fills);
        List<Mounted> mounts = List.of(new Mounted("m", origin, "", Policy.OFF, false));
        Catalog catalog = new Catalog(mounts, disk.lastKnown(), Duration.ofMillis(100), System::nanoTime, metrics);
        ReadOptions options = new ReadOptions(Duration.ofSeconds(3), LANDING_BUFFERS - 2, StreamOrder.FROM_READER);
        reader = new FileReader(catalog, cache, fills, integrity, disk, loads, options, System::nanoTime, metrics);
        ApiOptions api = new ApiOptions(
                socket(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                MAX_READS,
                Duration.ofSeconds(1),
                100,
                Duration.ofSeconds(20));
        AgentInfo info = new AgentInfo(
                "1.2.3", Instant.parse("2026-01-02T03:04:05Z"), null, directory.resolve("cache"), CACHE_BYTES);
        reads = new ReadService(catalog, reader, disk, api);
        StatusReporter status = new StatusReporter(info, mounts, List.of(), disk, landing, metrics, reads);
        AdminService admin = new AdminService(catalog, reader, disk, loads, status, cell, api);
        cellService =
                new CellService(catalog, reader, disk, loads, metrics, () -> new CellService.Uploads(1, 2048), api);
        server = ApiServer.start(api, List.of(reads, admin));
        server.setServing(true);
    }

    public Path socket() {
        return directory.resolve("agent.sock");
    }

    public int tcpPort() {
        return server.tcpPort();
    }

    public TidepoolClient client() {
        return TidepoolClient.connect(socket().toString());
    }

    /** As the mount opens files. */
    public OpenFile open(String path) throws ChunkException, InterruptedException {
        return reader.open(path, 0, "fuse");
    }

    /** An object whose bytes are those of {@link SyntheticBytes}. */
    public void put(String key, long version, long size) throws IOException {
        Path file = originDirectory.resolve(key);
        Files.createDirectories(file.getParent());
        Path fresh = Files.createTempFile(directory, "put", "");
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            for (long offset = 0; offset < size; offset += buffer.capacity()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), size - offset));
                SyntheticBytes.fill(key, version, offset, buffer);
                out.write(buffer.flip());
            }
        }
        // A time that printed tables can be compared with; a directory's versions differ by more than it.
        Files.setLastModifiedTime(
                fresh, FileTime.from(Instant.parse("2026-01-02T03:04:05Z").plusSeconds(version)));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Fetching bytes from the origin fails so from now on; null: no more. */
    public void failReads(ChunkException.@Nullable Kind kind) {
        origin.failReads(kind);
    }

    /** {@code chunks} more come from the origin, then it holds them back. */
    public void allowChunks(int chunks) {
        origin.allow(chunks);
    }

    public int chunksAskedFor() {
        return origin.reads.size();
    }

    /** Flips a bit of a cached file, as a bad disk does. */
    public void damage(ObjectVersion version, long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.path(version).toFile(), "rw")) {
            file.seek(offset);
            int was = file.read();
            file.seek(offset);
            file.write(was ^ 1);
        }
    }

    @Override
    public void close() {
        origin.open();
        server.close();
        reader.close();
        fills.close();
        disk.close();
        origin.close();
    }
}
