package io.tidepool.emulator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** Parts that gather until they are completed or aborted. Thread-safe; owns its parts' bytes. */
public final class MultipartUpload {

    private final String id;
    private final String key;
    private final Instant initiated;
    private final Attributes attributes;
    private final HeapBudget heap;
    private final TreeMap<Integer, Part> parts = new TreeMap<>();
    private boolean ended;

    MultipartUpload(String id, String key, Instant initiated, Attributes attributes, HeapBudget heap) {
        this.id = id;
        this.key = key;
        this.initiated = initiated;
        this.attributes = attributes;
        this.heap = heap;
    }

    public String id() {
        return id;
    }

    public String key() {
        return key;
    }

    public Instant initiated() {
        return initiated;
    }

    /** What the object is to have. */
    public Attributes attributes() {
        return attributes;
    }

    /** Adds a part, over one of the same number; false if the upload has ended meanwhile, and the part is gone. */
    public synchronized boolean put(Part part) {
        if (ended) {
            discard(part);
            return false;
        }
        heap.take(part.segment().heapBytes());
        Part old = parts.put(part.number(), part);
        if (old != null) {
            release(old);
        }
        return true;
    }

    /** In the order of their numbers. */
    public synchronized List<Part> parts() {
        return List.copyOf(parts.values());
    }

    synchronized void end() {
        ended = true;
        parts.values().forEach(this::release);
        parts.clear();
    }

    private void release(Part part) {
        heap.give(part.segment().heapBytes());
        discard(part);
    }

    private static void discard(Part part) {
        try {
            part.segment().discard();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
