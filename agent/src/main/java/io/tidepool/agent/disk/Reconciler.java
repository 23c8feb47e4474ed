package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the cache files agree with the index at start, before other threads are there. The index decides: what it doesn't
 * name is deleted, and what it names but the files can't hold is taken off it.
 */
final class Reconciler {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})([0-9a-f]{16})\\.chunks");

    private final CacheFiles files;
    private final Map<VersionId, Long> sizes = new HashMap<>();
    private int deleted;

    private Reconciler(CacheFiles files) {
        this.files = files;
    }

    /**
     * Deletes files, drops chunks, gives space back.
     *
     * @param tidy whether killed writers may have left bytes that the index doesn't name
     * @return cache files deleted because the index doesn't name them
     */
    static int reconcile(CacheFiles files, Path objects, boolean tidy) throws IOException {
        Reconciler reconciler = new Reconciler(files);
        reconciler.deleteUnnamed(objects);
        for (CacheFile file : List.copyOf(files.all())) {
            reconciler.reconcile(file, tidy);
        }
        return reconciler.deleted;
    }

    private void deleteUnnamed(Path objects) throws IOException {
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(objects, Files::isDirectory)) {
            for (Path shard : shards) {
                try (DirectoryStream<Path> paths = Files.newDirectoryStream(shard)) {
                    for (Path path : paths) {
                        deleteIfUnnamed(path);
                    }
                }
            }
        }
    }

    private void deleteIfUnnamed(Path path) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return;
        }
        VersionId id =
                new VersionId(Long.parseUnsignedLong(name.group(1), 16), Long.parseUnsignedLong(name.group(2), 16));
        if (files.has(id)) {
            sizes.put(id, Files.size(path));
        } else {
            Files.delete(path);
            deleted++;
        }
    }

    private void reconcile(CacheFile file, boolean tidy) throws IOException {
        dropBeyond(file, sizes.get(file.version().id()));
        if (file.presentBytes() == 0) {
            file.remove(true);
        } else if (tidy) {
            punchGaps(file);
        }
    }

    /** Forgets chunks that the file is too short to hold. */
    private void dropBeyond(CacheFile file, @Nullable Long fileBytes) {
        BitSet named = file.presentChunks();
        for (int i = named.nextSetBit(0); i >= 0; i = named.nextSetBit(i + 1)) {
            ChunkId id = file.version().chunk(i);
            if (fileBytes == null || id.offset() + id.length() > fileBytes) {
                files.trouble()
                        .notReadable(
                                id,
                                fileBytes == null ? "missing_file" : "short_read",
                                file.path().toString());
                file.drop(i);
            }
        }
    }

    /** Gives back the ranges that the index doesn't name: bytes whose writer was killed before it could name them. */
    private void punchGaps(CacheFile file) {
        ObjectVersion version = file.version();
        BitSet named = file.presentChunks();
        if (named.cardinality() == version.chunkCount()) {
            return;
        }
        try (PosixFile open = PosixFile.open(file.path(), false)) {
            int gap = named.nextClearBit(0);
            while (gap < version.chunkCount()) {
                int next = named.nextSetBit(gap);
                int end = next < 0 ? version.chunkCount() : next;
                long start = ChunkLayout.chunkOffset(gap);
                open.punchHole(start, ChunkLayout.chunkOffset(end) - start);
                gap = named.nextClearBit(end);
            }
        } catch (IOException e) {
            files.trouble().other("punch", "a killed agent's unfinished chunks stay on the disk", e);
        }
    }
}
