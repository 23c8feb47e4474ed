package io.tidepool.agent.api;

import io.tidepool.agent.api.CachedFiles.CachedFile;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.disk.VerifyResult;
import io.tidepool.proto.v1.BadFile;
import io.tidepool.proto.v1.VerifyProgress;
import io.tidepool.proto.v1.VerifyRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One call of {@code Verify}: one thread checks, another tells of it. */
final class VerifyCall implements ReplyStream.Work<VerifyProgress> {
    private static final int MAX_BAD_FILES = 100;

    private final VerifyRequest request;
    private final CachedFiles cachedFiles;
    private final DiskTier disk;
    private final RateMeter rate = new RateMeter(System::nanoTime, 0);

    private final List<BadFile> badFiles = new CopyOnWriteArrayList<>();

    private volatile State state = new State(0, 0, 0, "");

    /** Written by the checker alone. */
    private record State(long bytes, int versions, long badChunks, String currentPath) {}

    VerifyCall(VerifyRequest request, CachedFiles cachedFiles, DiskTier disk) {
        this.request = request;
        this.cachedFiles = cachedFiles;
        this.disk = disk;
    }

    @Override
    public void run(ReplyStream<VerifyProgress> out) throws ChunkException, InterruptedException {
        List<String> paths = request.getPathsCount() == 0 ? List.of("/") : request.getPathsList();
        List<CachedFile> files = cachedFiles.under(paths);
        long total =
                files.stream().mapToLong(file -> file.cached().cachedBytes()).sum();
        ProgressLoop.run(
                () -> verify(files),
                ProgressLoop.interval(request.hasProgressInterval(), request.getProgressInterval()),
                () -> message(total, files.size()).build(),
                out);
        out.send(message(total, files.size())
                .setFinished(true)
                .addAllBadFiles(badFiles)
                .clearEta()
                .clearCurrentPath()
                .setBytesPerSecond(rate.overallPerSecond())
                .build());
    }

    private void verify(List<CachedFile> files) throws ChunkException, InterruptedException {
        for (CachedFile file : files) {
            State before = state;
            state = new State(before.bytes(), before.versions(), before.badChunks(), file.name());
            VerifyResult result = disk.verify(
                    file.version(),
                    bytes -> state =
                            new State(before.bytes() + bytes, before.versions(), before.badChunks(), file.name()));
            state = new State(
                    before.bytes() + result.checkedBytes(),
                    before.versions() + 1,
                    before.badChunks() + result.droppedChunks().size(),
                    file.name());
            if (!result.isGood() && badFiles.size() < MAX_BAD_FILES) {
                badFiles.add(BadFile.newBuilder()
                        .setPath(file.name())
                        .setBadChunks(result.droppedChunks().size())
                        .build());
            }
            String failing = disk.health().whyNotRead();
            if (failing != null) {
                throw new ChunkException(
                        Kind.UNAVAILABLE, "the cache disk fails, so what is in it can't be checked: " + failing);
            }
        }
    }

    private VerifyProgress.Builder message(long totalBytes, int totalVersions) {
        State now = state;
        rate.note(now.bytes());
        VerifyProgress.Builder message = VerifyProgress.newBuilder()
                .setTotalBytes(totalBytes)
                .setDoneBytes(now.bytes())
                .setTotalVersions(totalVersions)
                .setDoneVersions(now.versions())
                .setBadChunks(now.badChunks())
                .setBytesPerSecond(rate.perSecond())
                .setCurrentPath(now.currentPath())
                .setElapsed(Entries.duration(rate.elapsed()));
        Duration eta = rate.timeTo(totalBytes);
        if (eta != null) {
            message.setEta(Entries.duration(eta));
        }
        return message;
    }
}
