package io.tidepool.agent.api;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.disk.CachedVersion;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.proto.v1.CellServiceGrpc;
import io.tidepool.proto.v1.HoldingsRequest;
import io.tidepool.proto.v1.HoldingsResponse;
import io.tidepool.proto.v1.HostTraffic;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.LoadReportsResponse;
import io.tidepool.proto.v1.TrafficRequest;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the other agents of the cell may ask, as {@code proto/…/cell.proto} promises. Thread-safe. */
public final class CellService extends CellServiceGrpc.CellServiceImplBase {
    /** Of one request. */
    static final int MAX_VERSIONS = 10_000;

    private final Catalog catalog;
    private final FileReader reader;
    private final DiskTier disk;
    private final LoadReports loads;
    private final Metrics metrics;
    private final Supplier<Uploads> uploads;
    private final PathExpander paths;
    private final Duration stuckAfter;

    /**
     * What is sent to other hosts.
     *
     * @param running chunks that are being sent now
     * @param sentBytes since the agent's start
     */
    public record Uploads(int running, long sentBytes) {}

    public CellService(
            Catalog catalog,
            FileReader reader,
            DiskTier disk,
            LoadReports loads,
            Metrics metrics,
            Supplier<Uploads> uploads,
            ApiOptions options) {
        this.catalog = catalog;
        this.reader = reader;
        this.disk = disk;
        this.loads = loads;
        this.metrics = metrics;
        this.uploads = uploads;
        this.paths = new PathExpander(catalog, AdminService.MAX_FILES);
        this.stuckAfter = options.stuckAfter();
    }

    @Override
    public void holdings(HoldingsRequest request, StreamObserver<HoldingsResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            if (request.getVersionIdsCount() > MAX_VERSIONS) {
                throw new ChunkException(Kind.INVALID, "more than " + MAX_VERSIONS + " versions");
            }
            Map<VersionId, Long> cached = new HashMap<>();
            for (CachedVersion version : disk.versions()) {
                cached.put(version.version().id(), version.cachedBytes());
            }
            HoldingsResponse.Builder answer = HoldingsResponse.newBuilder();
            for (ByteString id : request.getVersionIdsList()) {
                answer.addCachedBytes(cached.getOrDefault(versionId(id), 0L));
            }
            out.send(answer.build());
        });
    }

    private static VersionId versionId(ByteString id) throws ChunkException {
        if (id.size() != VersionId.BYTES) {
            throw new ChunkException(Kind.INVALID, "not a version's id: " + id.size() + " bytes");
        }
        return VersionId.read(id.asReadOnlyByteBuffer());
    }

    /** As a request names a version. */
    static ByteString bytes(VersionId id) {
        ByteBuffer bytes = ByteBuffer.allocate(VersionId.BYTES);
        id.write(bytes);
        return ByteString.copyFrom(bytes.flip());
    }

    @Override
    public void warm(WarmRequest request, StreamObserver<WarmProgress> observer) {
        ReplyStream.serve(observer, stuckAfter, new WarmCall(request, catalog, paths, reader, disk));
    }

    @Override
    public void traffic(TrafficRequest request, StreamObserver<HostTraffic> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            Uploads sent = uploads.get();
            out.send(HostTraffic.newBuilder()
                    .setOriginBytes((long) metrics.count(Metric.ORIGIN_BYTES))
                    .setReceivedBytes((long) metrics.count(Metric.FILL_BYTES, Tier.PEER.label()))
                    .setSentBytes(sent.sentBytes())
                    .setCachedBytes(disk.versions().stream()
                            .mapToLong(CachedVersion::cachedBytes)
                            .sum())
                    .setUploads(sent.running())
                    .build());
        });
    }

    @Override
    public void loadReports(LoadReportsRequest request, StreamObserver<LoadReportsResponse> observer) {
        ReplyStream.serve(
                observer,
                stuckAfter,
                out -> out.send(LoadReportsResponse.newBuilder()
                        .addAllReports(LoadMessages.of(loads, request.getLimit()))
                        .build()));
    }
}
