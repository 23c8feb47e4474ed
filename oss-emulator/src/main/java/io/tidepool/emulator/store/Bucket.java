package io.tidepool.emulator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A bucket: a sorted map of keys to object versions over an optional directory. An entry of the map hides a file of the
 * same key. Thread-safe; every change is atomic, and readers of the old version keep it.
 */
public final class Bucket {

    private static final int MAX_KEY_BYTES = 1023;

    private final String name;
    private final InstantSource clock;
    private final long crc64LimitBytes;
    private final @Nullable ObjectDirectory directory;
    private final ConcurrentSkipListMap<String, StoredObject> objects = new ConcurrentSkipListMap<>(KeyOrder.UTF_8);

    /** @param crc64LimitBytes synthetic objects and files above it have no CRC64 unless they ask for it */
    Bucket(String name, InstantSource clock, long crc64LimitBytes, @Nullable ObjectDirectory directory) {
        this.name = name;
        this.clock = clock;
        this.crc64LimitBytes = crc64LimitBytes;
        this.directory = directory;
    }

    public String name() {
        return name;
    }

    /** Stores a copy of {@code bytes}, over what was there. */
    public StoredObject put(String key, byte[] bytes) {
        return put(key, bytes.clone(), Map.of());
    }

    /** Takes ownership of {@code bytes}. In a directory the headers are not kept. */
    StoredObject put(String key, byte[] bytes, Map<String, String> headers) {
        requireKey(key);
        if (directory == null) {
            return store(new MemoryObject(key, bytes, now(), headers));
        }
        try {
            Path upload = directory.newUpload();
            Files.write(upload, bytes);
            return commit(key, upload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a finished upload file the object; the file is moved away. */
    StoredObject commit(String key, Path upload) throws IOException {
        ObjectDirectory target = requireDirectory();
        target.commit(key, upload);
        objects.remove(key);
        return target.find(key).orElseThrow(() -> new NoSuchElementException(key));
    }

    /** Version 1 of a synthetic object of this size. */
    public SyntheticObject putSynthetic(String key, long size) {
        return putSynthetic(SyntheticSpec.of(key, size));
    }

    public SyntheticObject putSynthetic(SyntheticSpec spec) {
        requireKey(spec.key());
        boolean offersCrc64 = switch (spec.crc64()) {
            case ALWAYS -> true;
            case OMIT -> false;
            case UNLESS_HUGE -> spec.size() <= crc64LimitBytes;
        };
        SyntheticObject object = new SyntheticObject(spec, offersCrc64, now());
        store(object);
        return object;
    }

    /** Replaces a synthetic object by its next version: same key, same size, other bytes, another ETag. */
    public SyntheticObject nextVersion(String key) {
        if (!(objects.get(key) instanceof SyntheticObject old)) {
            throw new NoSuchElementException("no synthetic object " + key + " in bucket " + name);
        }
        return putSynthetic(old.spec().withVersion(old.version() + 1));
    }

    /**
     * Computes the CRC64s that replies will carry, one by one in the background: about a second a GiB. Otherwise the
     * first request for each object waits for its own.
     */
    public CompletableFuture<Void> computeChecksums() {
        return CompletableFuture.allOf(objects.values().stream()
                .filter(StoredObject::offersCrc64)
                .map(Crc64Sums::of)
                .toArray(CompletableFuture<?>[]::new));
    }

    public Optional<StoredObject> find(String key) {
        StoredObject object = objects.get(key);
        if (object != null || directory == null) {
            return Optional.ofNullable(object);
        }
        return directory.find(key);
    }

    /** Whether there was such an object. */
    public boolean delete(String key) {
        boolean removed = objects.remove(key) != null;
        try {
            return (directory != null && directory.delete(key)) || removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets every object that is not a file. */
    public void clear() {
        objects.clear();
    }

    /** Where the bytes of a PUT gather until it is committed or closed. */
    public Upload startUpload(String key) throws IOException {
        requireKey(key);
        return new Upload(this, key, directory == null ? null : directory.newUpload());
    }

    /** Keys that start with {@code prefix} and are not less than {@code from}, in UTF-8 order. */
    Iterator<String> keys(String prefix, String from) {
        String start = KeyOrder.UTF_8.compare(prefix, from) > 0 ? prefix : from;
        Iterator<String> mapped = objects.navigableKeySet().tailSet(start, true).iterator();
        return directory == null ? mapped : new MergedKeys(mapped, directory.keys(prefix, start));
    }

    private StoredObject store(StoredObject object) {
        objects.put(object.key(), object);
        return object;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private ObjectDirectory requireDirectory() {
        if (directory == null) {
            throw new IllegalStateException("bucket " + name + " has no directory");
        }
        return directory;
    }

    private void requireKey(String key) {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1
                || length > MAX_KEY_BYTES
                || (directory != null && directory.path(key).isEmpty())) {
            throw new InvalidKeyException(key);
        }
    }
}
