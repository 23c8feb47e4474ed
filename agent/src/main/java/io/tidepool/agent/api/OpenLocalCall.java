package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.disk.LentFile;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.WarmJob;
import io.tidepool.proto.v1.Incomplete;
import io.tidepool.proto.v1.LocalFile;
import io.tidepool.proto.v1.OpenLocalRequest;
import io.tidepool.proto.v1.OpenLocalResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One call of {@code OpenLocal}: the lease on a cache file lives as long as the call does. */
final class OpenLocalCall implements ReplyStream.Work<OpenLocalResponse> {
    private final OpenLocalRequest request;
    private final Catalog catalog;
    private final FileReader reader;
    private final DiskTier disk;
    private final AtomicInteger leases;

    OpenLocalCall(OpenLocalRequest request, Catalog catalog, FileReader reader, DiskTier disk, AtomicInteger leases) {
        this.request = request;
        this.catalog = catalog;
        this.reader = reader;
        this.disk = disk;
        this.leases = leases;
    }

    @Override
    public void run(ReplyStream<OpenLocalResponse> out) throws ChunkException, InterruptedException {
        CatalogEntry.File file = catalog.revalidate(RequestPath.of(request.getPath()));
        ObjectVersion version = file.info().version();
        ReadCall.checkEtag(request.getPath(), version, request.getExpectedEtag());
        if (request.getFill()) {
            fill(file);
        }
        disk.touch(version);
        try (LentFile lent = disk.lend(version)) {
            if (lent == null) {
                out.send(incomplete(version));
                return;
            }
            out.send(OpenLocalResponse.newBuilder()
                    .setFile(LocalFile.newBuilder()
                            .setLocalPath(lent.path().toString())
                            .setSizeBytes(version.sizeBytes())
                            .setEtag(version.etag()))
                    .build());
            hold(out);
        }
    }

    private void hold(ReplyStream<OpenLocalResponse> out) throws InterruptedException {
        leases.incrementAndGet();
        try {
            out.awaitCancel();
        } finally {
            leases.decrementAndGet();
        }
    }

    private void fill(CatalogEntry.File file) throws ChunkException, InterruptedException {
        WarmJob job = reader.warm(List.of(file));
        job.run();
        for (WarmJob.Failure failure : job.progress().failures()) {
            throw failure.why();
        }
    }

    private OpenLocalResponse incomplete(ObjectVersion version) {
        return OpenLocalResponse.newBuilder()
                .setIncomplete(Incomplete.newBuilder()
                        .setCachedBytes(disk.cachedBytes(version))
                        .setSizeBytes(version.sizeBytes())
                        .setEtag(version.etag()))
                .build();
    }
}
