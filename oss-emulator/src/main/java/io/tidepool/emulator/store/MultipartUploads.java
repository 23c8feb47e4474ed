package io.tidepool.emulator.store;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The unfinished multipart uploads of a bucket. Thread-safe. */
public final class MultipartUploads {

    private static final Comparator<MultipartUpload> ORDER =
            Comparator.comparing(MultipartUpload::key, KeyOrder.UTF_8).thenComparing(MultipartUpload::id);

    private final ConcurrentHashMap<String, MultipartUpload> uploads = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final HeapBudget heap;

    MultipartUploads(InstantSource clock, HeapBudget heap) {
        this.clock = clock;
        this.heap = heap;
    }

    MultipartUpload start(String key, Attributes attributes) {
        byte[] random = new byte[16];
        ThreadLocalRandom.current().nextBytes(random);
        String id = Digests.hex(random);
        MultipartUpload upload =
                new MultipartUpload(id, key, clock.instant().truncatedTo(ChronoUnit.SECONDS), attributes, heap);
        uploads.put(id, upload);
        return upload;
    }

    public Optional<MultipartUpload> find(String key, String id) {
        return Optional.ofNullable(uploads.get(id))
                .filter(upload -> upload.key().equals(key));
    }

    /** Ends it and throws away its parts, which may be in an object by now; false if somebody else has ended it. */
    public boolean end(MultipartUpload upload) {
        boolean ended = uploads.remove(upload.id(), upload);
        upload.end();
        return ended;
    }

    /** By key in UTF-8 order, then by id. */
    public List<MultipartUpload> all() {
        return uploads.values().stream().sorted(ORDER).toList();
    }

    boolean isEmpty() {
        return uploads.isEmpty();
    }
}
