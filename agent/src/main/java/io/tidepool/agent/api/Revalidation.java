package io.tidepool.agent.api;

import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.read.WarmJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks the origin for what listings don't tell of files: the CRC64 that a file must have when it is whole. Some files at a
 * time; what is cached already isn't asked for.
 *
 * @param files as they are now
 * @param failures those that could not be asked for, or are gone
 */
record Revalidation(List<CatalogEntry.File> files, List<WarmJob.Failure> failures) {
    private static final int PARALLEL = 16;

    static Revalidation of(List<CatalogEntry.File> listed, Catalog catalog, DiskTier disk) throws InterruptedException {
        List<Callable<CatalogEntry.File>> questions = new ArrayList<>();
        for (CatalogEntry.File file : listed) {
            boolean known = file.info().crc64().isPresent()
                    || disk.isComplete(file.info().version());
            questions.add(() -> known ? file : catalog.revalidate(file.path()));
        }
        List<CatalogEntry.File> files = new ArrayList<>();
        List<WarmJob.Failure> failures = new ArrayList<>();
        try (ExecutorService askers =
                Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory())) {
            // Interrupted, it cancels what it has not finished.
            List<Future<CatalogEntry.File>> answers = askers.invokeAll(questions);
            for (int i = 0; i < answers.size(); i++) {
                try {
                    files.add(answers.get(i).get());
                } catch (ExecutionException e) {
                    failures.add(new WarmJob.Failure(listed.get(i).path(), reason(e)));
                }
            }
        }
        return new Revalidation(files, failures);
    }

    private static ChunkException reason(ExecutionException e) {
        return e.getCause() instanceof ChunkException why
                ? why
                : new ChunkException(ChunkException.Kind.INTERNAL, String.valueOf(e.getCause()), e);
    }
}
