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
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
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
    private final HeapBudget heap;
    private final Instant created;
    private final MultipartUploads multipart;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile String acl = "private";
    private final ConcurrentSkipListMap<String, StoredObject> objects = new ConcurrentSkipListMap<>(KeyOrder.UTF_8);

    /** @param crc64LimitBytes synthetic objects and files above it have no CRC64 unless they ask for it */
    Bucket(
            String name,
            InstantSource clock,
            long crc64LimitBytes,
            @Nullable ObjectDirectory directory,
            HeapBudget heap) {
        this.name = name;
        this.clock = clock;
        this.crc64LimitBytes = crc64LimitBytes;
        this.directory = directory;
        this.heap = heap;
        this.created = now();
        this.multipart = new MultipartUploads(clock, heap);
    }

    public String name() {
        return name;
    }

    public Instant created() {
        return created;
    }

    public String acl() {
        return acl;
    }

    public void acl(String other) {
        acl = other;
    }

    public MultipartUploads multipart() {
        return multipart;
    }

    /** Stores a copy of {@code bytes}, over what was there. */
    public StoredObject put(String key, byte[] bytes) {
        try (Upload upload = startUpload()) {
            upload.append(bytes);
            return commit(key, List.of(upload.take()), upload.etag(), Attributes.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the bytes of a request gather until they are taken. */
    public Upload startUpload() throws IOException {
        return new Upload(directory == null ? null : directory.newUpload(), heap);
    }

    public MultipartUpload startMultipart(String key, Attributes attributes) {
        requireKey(key);
        return multipart.start(key, attributes.withType(ObjectType.MULTIPART));
    }

    /** Brings bytes to where they can be committed from: in a directory into one new file, else they stay. */
    public List<Segment> stage(List<Segment> segments) throws IOException {
        if (directory == null) {
            return segments;
        }
        Path file = directory.newUpload();
        try {
            return List.of(Segment.join(segments, file));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /**
     * Makes staged bytes the object, over what was there; a file of theirs is moved away.
     *
     * @param etag a file has its own, whatever this says
     */
    public StoredObject commit(String key, List<Segment> staged, String etag, Attributes attributes)
            throws IOException {
        try {
            requireKey(key);
            if (directory == null) {
                return store(new ComposedObject(key, staged, etag, now(), attributes, crc64LimitBytes));
            }
            directory.commit(key, staged.getFirst().requireFile(), attributes);
            remove(key);
            return directory.find(key).orElseThrow(() -> new NoSuchElementException(key));
        } catch (IOException | RuntimeException e) {
            discard(staged);
            throw e;
        }
    }

    /** For staged bytes that are not to be committed after all. */
    public void discard(List<Segment> staged) throws IOException {
        if (directory != null) {
            for (Segment segment : staged) {
                segment.discard();
            }
        }
    }

    /** Changes an object's attributes and nothing else; false if there is no such object. */
    public boolean changeAttributes(String key, UnaryOperator<Attributes> change) throws IOException {
        lock.lock();
        try {
            Optional<StoredObject> found = find(key);
            if (found.isEmpty()) {
                return false;
            }
            StoredObject object = found.get();
            Attributes changed = change.apply(object.attributes());
            if (object instanceof FileObject && directory != null) {
                directory.remember(key, changed);
            } else {
                objects.put(key, object.with(changed));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A step that nobody else's exclusive step or change of attributes comes between. */
    public <T> T exclusively(Step<T> step) throws IOException {
        lock.lock();
        try {
            return step.run();
        } finally {
            lock.unlock();
        }
    }

    /** What is done at once. */
    public interface Step<T> {
        T run() throws IOException;
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
        SyntheticObject object = new SyntheticObject(spec, offersCrc64, now(), Attributes.NONE);
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
        boolean removed = remove(key);
        try {
            return (directory != null && directory.delete(key)) || removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets every object that is not a file. */
    public void clear() {
        objects.keySet().forEach(this::remove);
    }

    boolean isEmpty() {
        return !keys("", "").hasNext() && multipart.isEmpty();
    }

    void deleteDirectory() throws IOException {
        if (directory != null) {
            directory.deleteTree();
        }
    }

    /** Keys that start with {@code prefix} and are not less than {@code from}, in UTF-8 order. */
    Iterator<String> keys(String prefix, String from) {
        String start = KeyOrder.UTF_8.compare(prefix, from) > 0 ? prefix : from;
        Iterator<String> mapped = objects.navigableKeySet().tailSet(start, true).iterator();
        return directory == null ? mapped : new MergedKeys(mapped, directory.keys(prefix, start));
    }

    private StoredObject store(StoredObject object) {
        heap.take(object.heapBytes());
        StoredObject old = objects.put(object.key(), object);
        heap.give(old == null ? 0 : old.heapBytes());
        return object;
    }

    private boolean remove(String key) {
        StoredObject old = objects.remove(key);
        heap.give(old == null ? 0 : old.heapBytes());
        return old != null;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
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
