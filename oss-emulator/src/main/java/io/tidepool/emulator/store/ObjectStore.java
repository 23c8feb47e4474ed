package io.tidepool.emulator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** All buckets of an emulator. Thread-safe. */
public final class ObjectStore {

    /** Unfinished PUTs of a directory store; a sibling of the buckets, so that committing is a rename. */
    private static final String UPLOADS = ".uploads";

    private final InstantSource clock;
    private final long crc64LimitBytes;
    private final @Nullable Path directory;
    private final HeapBudget heap = new HeapBudget(Runtime.getRuntime().maxMemory() / 2);
    private final ConcurrentSkipListMap<String, Bucket> buckets = new ConcurrentSkipListMap<>();

    /** Subdirectories of {@code directory} are the buckets' files; null keeps every object in memory. */
    public ObjectStore(InstantSource clock, long crc64LimitBytes, @Nullable Path directory) {
        this.clock = clock;
        this.crc64LimitBytes = crc64LimitBytes;
        this.directory = directory;
    }

    /** The bucket of this name, made if need be. */
    public Bucket createBucket(String name) {
        return buckets.computeIfAbsent(name, this::newBucket);
    }

    public Optional<Bucket> find(String name) {
        return Optional.ofNullable(buckets.get(name));
    }

    /** The bucket of this name; a {@link NoSuchElementException} if there is none. */
    public Bucket bucket(String name) {
        return find(name).orElseThrow(() -> new NoSuchElementException("no bucket " + name));
    }

    /** By name. */
    public List<Bucket> all() {
        return List.copyOf(buckets.values());
    }

    /** Whether it was empty, and so is gone now. */
    public boolean deleteIfEmpty(Bucket bucket) throws IOException {
        return bucket.exclusively(() -> {
            if (!bucket.isEmpty()) {
                return false;
            }
            buckets.remove(bucket.name(), bucket);
            bucket.deleteDirectory();
            return true;
        });
    }

    /** Where the bytes of a request gather that are not to become an object. */
    public Upload startUpload() throws IOException {
        return new Upload(null, heap);
    }

    private Bucket newBucket(String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("\"" + name
                    + "\" is no bucket name: 3 to 63 lower-case letters, digits and hyphens, no hyphen at either end");
        }
        try {
            ObjectDirectory files = directory == null
                    ? null
                    : new ObjectDirectory(directory.resolve(name), directory.resolve(UPLOADS), crc64LimitBytes);
            return new Bucket(name, clock, crc64LimitBytes, files, heap);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
