package io.tidepool.agent.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.DirectoryPage;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the other shards of a model file: by their names, or by the index file that lists them. Thread-safe. */
final class Siblings {
    private static final Logger log = LoggerFactory.getLogger(Siblings.class);
    private static final int PAGE_NAMES = 1000;
    /** A directory with more names is no model's directory. */
    private static final int MAX_NAMES = 10_000;
    /** The index of a 700 GB model has some 10 MB. */
    private static final int MAX_INDEX_BYTES = 64 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Catalog catalog;
    private final RangeReader ranges;
    private final Duration deadline;

    Siblings(Catalog catalog, RangeReader ranges, Duration deadline) {
        this.catalog = catalog;
        this.ranges = ranges;
        this.deadline = deadline;
    }

    /** The other shards of {@code file}'s model, in the order in which a loader will come to them; may be empty. */
    List<CatalogEntry.File> of(CatalogEntry.File file) throws ChunkException, InterruptedException {
        int slash = file.path().lastIndexOf('/');
        String directory = file.path().substring(0, slash + 1);
        String name = file.path().substring(slash + 1);
        SortedSet<String> names = names(directory);
        List<String> shards = Shards.siblings(name, names);
        if (shards.isEmpty()) {
            shards = listedInIndex(directory, name, names);
        }
        List<CatalogEntry.File> files = new ArrayList<>();
        for (String shard : shards) {
            if (catalog.lookup(directory + shard) instanceof CatalogEntry.File) {
                // A listing doesn't tell the CRC64 that the streamed bytes are held against; a HEAD does.
                files.add(catalog.revalidate(directory + shard));
            }
        }
        return files;
    }

    private SortedSet<String> names(String directory) throws ChunkException, InterruptedException {
        SortedSet<String> names = new TreeSet<>();
        String parent = directory.substring(0, Math.max(1, directory.length() - 1));
        String after = null;
        do {
            DirectoryPage page = catalog.list(parent, after, PAGE_NAMES);
            page.children().forEach(child -> names.add(child.name()));
            after = page.next();
        } while (after != null && names.size() < MAX_NAMES);
        return names;
    }

    private List<String> listedInIndex(String directory, String name, Set<String> names)
            throws ChunkException, InterruptedException {
        String index = Shards.indexOf(name, names);
        if (index == null || !(catalog.lookup(directory + index) instanceof CatalogEntry.File indexFile)) {
            return List.of();
        }
        JsonNode weightMap = weightMap(indexFile);
        if (weightMap == null) {
            return List.of();
        }
        Set<String> shards = new LinkedHashSet<>();
        weightMap.forEach(shard -> shards.add(shard.asText()));
        // A name with a slash is not a sibling; one that the directory hasn't is not there.
        return shards.remove(name) ? shards.stream().filter(names::contains).toList() : List.of();
    }

    private @Nullable JsonNode weightMap(CatalogEntry.File index) throws ChunkException, InterruptedException {
        ObjectVersion version = index.info().version();
        if (version.sizeBytes() > MAX_INDEX_BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) version.sizeBytes());
        ranges.read(version, 0, bytes, Priority.READ_AHEAD, Deadline.after(deadline), (tier, count) -> {});
        try {
            return JSON.readTree(bytes.array()).get("weight_map");
        } catch (IOException e) {
            log.debug("{} is not an index of shards: {}", index.path(), e.getMessage());
            return null;
        }
    }
}
