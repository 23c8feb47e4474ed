package io.tidepool.agent.disk;

import io.tidepool.agent.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps from a directory to a cache that is ready: claim it, open the index (an empty one if it is damaged), mark
 * the directory as in use, read the index, and make the files agree with it.
 */
record OpenedCache(CacheDirectory directory, DiskTrouble trouble, ChunkIndex index, CacheFiles files) {
    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);

    static OpenedCache open(DiskOptions options, Metrics metrics, InstantSource clock, String bootId)
            throws CacheDirectoryException {
        CacheDirectory directory = CacheDirectory.claim(options.directory(), bootId);
        try {
            DiskTrouble trouble = new DiskTrouble(directory, metrics);
            try {
                return load(options, clock, directory, trouble, directory.trusted());
            } catch (IndexDb.DamagedException e) {
                LOG.warn("the index of the cache is damaged; beginning with an empty cache: {}", e.getMessage());
                deleteTree(directory.index());
                return load(options, clock, directory, trouble, false);
            }
        } catch (IOException e) {
            directory.close();
            throw unusable(options.directory(), e);
        }
    }

    private static OpenedCache load(
            DiskOptions options, InstantSource clock, CacheDirectory directory, DiskTrouble trouble, boolean trusted)
            throws IOException {
        ChunkIndex index = new ChunkIndex(directory.index(), trusted);
        try {
            // Only now that the index has its new generation, if it needs one: else a crash here would skip the checks.
            directory.markRunning();
            CacheFiles files = new CacheFiles(
                    directory.objects(), index, new Space(options), trouble, clock, options.maxOpenFiles());
            int deleted = files.load(!directory.clean());
            if (deleted > 0) {
                LOG.warn("deleted {} cache files that the index does not name", deleted);
            }
            if (!trusted && files.chunks() > 0) {
                LOG.info("{} cached chunks will be checked when they are first used", files.chunks());
            }
            return new OpenedCache(directory, trouble, index, files);
        } catch (IOException e) {
            close(index, e);
            throw e;
        }
    }

    /** The cache could not be put to use after all. */
    CacheDirectoryException abandon(IOException e) {
        close(index, e);
        directory.close();
        return unusable(directory.path(), e);
    }

    private static void close(ChunkIndex index, IOException e) {
        try {
            index.close();
        } catch (IOException second) {
            e.addSuppressed(second);
        }
    }

    private static CacheDirectoryException unusable(Path directory, IOException e) {
        return new CacheDirectoryException("cache directory " + directory + " can't be used: " + e.getMessage(), e);
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(root)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
