package io.tidepool.agent.api;

import io.grpc.stub.StreamObserver;
import io.tidepool.agent.api.CachedFiles.CachedFile;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.proto.v1.AdminServiceGrpc;
import io.tidepool.proto.v1.EvictRequest;
import io.tidepool.proto.v1.EvictResponse;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.LoadReportsResponse;
import io.tidepool.proto.v1.PeersRequest;
import io.tidepool.proto.v1.PeersResponse;
import io.tidepool.proto.v1.PinRequest;
import io.tidepool.proto.v1.PinResponse;
import io.tidepool.proto.v1.StatusRequest;
import io.tidepool.proto.v1.StatusResponse;
import io.tidepool.proto.v1.UnpinRequest;
import io.tidepool.proto.v1.UnpinResponse;
import io.tidepool.proto.v1.VerifyProgress;
import io.tidepool.proto.v1.VerifyRequest;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import io.tidepool.proto.v1.WhereFile;
import io.tidepool.proto.v1.WhereRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks after the cache and the cell, as {@code proto/…/admin.proto} promises. Thread-safe. */
public final class AdminService extends AdminServiceGrpc.AdminServiceImplBase {
    /** Some hundred bytes each while a warm-up runs. */
    static final int MAX_FILES = 100_000;

    private final Catalog catalog;
    private final FileReader reader;
    private final DiskTier disk;
    private final LoadReports loads;
    private final StatusReporter status;
    private final PathExpander paths;
    private final CachedFiles cachedFiles;
    private final @Nullable Cell cell;
    private final Duration stuckAfter;

    /** @param cell null if this agent shares with no others */
    public AdminService(
            Catalog catalog,
            FileReader reader,
            DiskTier disk,
            LoadReports loads,
            StatusReporter status,
            @Nullable Cell cell,
            ApiOptions options) {
        this.catalog = catalog;
        this.reader = reader;
        this.disk = disk;
        this.loads = loads;
        this.status = status;
        this.cell = cell;
        this.paths = new PathExpander(catalog, MAX_FILES);
        this.cachedFiles = new CachedFiles(catalog, disk);
        this.stuckAfter = options.stuckAfter();
    }

    @Override
    public void warm(WarmRequest request, StreamObserver<WarmProgress> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            boolean fleet = request.getCopies() != 0 || request.getAllHosts();
            ReplyStream.Work<WarmProgress> work = fleet
                    ? new FleetWarmCall(request, paths, cell())
                    : new WarmCall(request, catalog, paths, reader, disk);
            work.run(out);
        });
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<VerifyProgress> observer) {
        ReplyStream.serve(observer, stuckAfter, new VerifyCall(request, cachedFiles, disk));
    }

    @Override
    public void pin(PinRequest request, StreamObserver<PinResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            PinResponse.Builder answer = PinResponse.newBuilder();
            for (CatalogEntry.File file : paths.files(request.getPathsList())) {
                ObjectVersion version = file.info().version();
                disk.setPinned(version, true);
                answer.setFiles(answer.getFiles() + 1)
                        .setTotalBytes(answer.getTotalBytes() + version.sizeBytes())
                        .setCachedBytes(answer.getCachedBytes() + disk.cachedBytes(version));
            }
            out.send(answer.build());
        });
    }

    @Override
    public void unpin(UnpinRequest request, StreamObserver<UnpinResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            List<CachedFile> pinned = cached(request.getPathsList()).stream()
                    .filter(file -> file.cached().pinned())
                    .toList();
            pinned.forEach(file -> disk.setPinned(file.version(), false));
            out.send(UnpinResponse.newBuilder().setVersions(pinned.size()).build());
        });
    }

    @Override
    public void evict(EvictRequest request, StreamObserver<EvictResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            EvictResponse.Builder answer = EvictResponse.newBuilder();
            for (CachedFile file : cached(request.getPathsList())) {
                if (file.cached().pinned() && !request.getIncludePinned()) {
                    answer.setPinnedVersions(answer.getPinnedVersions() + 1);
                } else {
                    disk.dropAll(file.version());
                    answer.setVersions(answer.getVersions() + 1)
                            .setFreedBytes(
                                    answer.getFreedBytes() + file.cached().cachedBytes());
                }
            }
            out.send(answer.build());
        });
    }

    private List<CachedFile> cached(List<String> requested) throws ChunkException {
        if (requested.isEmpty()) {
            throw new ChunkException(Kind.INVALID, "no path given");
        }
        return cachedFiles.under(requested);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
        ReplyStream.serve(
                observer,
                stuckAfter,
                out -> out.send(
                        StatusResponse.newBuilder().setStatus(status.status()).build()));
    }

    @Override
    public void loadReports(LoadReportsRequest request, StreamObserver<LoadReportsResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            List<LoadReport> own = LoadMessages.of(loads, request.getLimit());
            out.send(LoadReportsResponse.newBuilder()
                    .addAllReports(request.getCell() ? LoadMessages.withCell(own, cell()) : own)
                    .build());
        });
    }

    @Override
    public void peers(PeersRequest request, StreamObserver<PeersResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> new PeersCall(cell()).run(out));
    }

    @Override
    public void where(WhereRequest request, StreamObserver<WhereFile> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            List<CatalogEntry.File> files = paths.files(request.getPathsList());
            for (int from = 0; from < files.size(); from += CellService.MAX_VERSIONS) {
                int to = Math.min(files.size(), from + CellService.MAX_VERSIONS);
                for (WhereFile file :
                        Holdings.of(cell(), files.subList(from, to)).messages()) {
                    out.send(file);
                }
            }
        });
    }

    /** @throws ChunkException if this agent shares with nobody */
    private Cell cell() throws ChunkException {
        if (cell == null) {
            throw new ChunkException(Kind.INVALID, "this agent shares with no others: set peers in its configuration");
        }
        return cell;
    }
}
