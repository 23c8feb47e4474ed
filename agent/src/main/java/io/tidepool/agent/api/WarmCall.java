package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.WarmJob;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import java.time.Duration;
import java.util.stream.Stream;

/** One call of {@code Warm}: finds the files, brings them to disk, tells how far it is. */
final class WarmCall implements ReplyStream.Work<WarmProgress> {
    private static final int MAX_FAILURES = 100;

    private final WarmRequest request;
    private final Catalog catalog;
    private final PathExpander paths;
    private final FileReader reader;
    private final DiskTier disk;

    WarmCall(WarmRequest request, Catalog catalog, PathExpander paths, FileReader reader, DiskTier disk) {
        this.request = request;
        this.catalog = catalog;
        this.paths = paths;
        this.reader = reader;
        this.disk = disk;
    }

    @Override
    public void run(ReplyStream<WarmProgress> out) throws ChunkException, InterruptedException {
        Revalidation found = Revalidation.of(paths.files(request.getPathsList()), catalog, disk);
        WarmJob job = reader.warm(found.files());
        RateMeter fetched = new RateMeter(System::nanoTime, 0);
        ProgressLoop.run(
                job::run,
                ProgressLoop.interval(request.hasProgressInterval(), request.getProgressInterval()),
                () -> message(job.progress(), found, fetched).build(),
                out);
        WarmJob.Progress end = job.progress();
        WarmProgress.Builder last = message(end, found, fetched)
                .setFinished(true)
                .clearEta()
                .clearCurrentPath()
                .setBytesPerSecond(fetched.overallPerSecond());
        Stream.concat(found.failures().stream(), end.failures().stream())
                .limit(MAX_FAILURES)
                .map(WarmCall::failure)
                .forEach(last::addFailures);
        out.send(last.build());
    }

    private static WarmProgress.Builder message(WarmJob.Progress progress, Revalidation found, RateMeter fetched) {
        long done = progress.done();
        long fetchedBytes = done - progress.doneBytes().getOrDefault(Tier.DISK, 0L);
        fetched.note(fetchedBytes);
        WarmProgress.Builder message = WarmProgress.newBuilder()
                .setTotalBytes(progress.totalBytes())
                .setDoneBytes(done)
                .setTotalFiles(progress.totalFiles() + found.failures().size())
                .setDoneFiles(progress.doneFiles())
                .setFailedFiles(progress.failures().size() + found.failures().size())
                .setBytesPerSecond(fetched.perSecond())
                .addAllSources(Entries.tiers(progress.doneBytes()))
                .setCurrentPath(progress.currentPath())
                .setElapsed(Entries.duration(fetched.elapsed()));
        Duration eta = fetched.timeTo(fetchedBytes + progress.totalBytes() - done);
        if (eta != null) {
            message.setEta(Entries.duration(eta));
        }
        return message;
    }

    private static PathFailure failure(WarmJob.Failure failure) {
        return PathFailure.newBuilder()
                .setPath(failure.path())
                .setKind(GrpcErrors.kind(failure.why().kind()))
                .setMessage(String.valueOf(failure.why().getMessage()))
                .build();
    }
}
