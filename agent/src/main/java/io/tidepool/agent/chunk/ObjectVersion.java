package io.tidepool.agent.chunk;

import org.jspecify.annotations.Nullable;

/**
 * One immutable version of an object: (origin, key, ETag, size). A new ETag is another version, never an update.
 *
 * <p>Everything cached is addressed by a version, so nothing is ever invalidated, only forgotten. Equality is that of
 * {@link #id()}. Immutable; cheap to pass on.
 */
public final class ObjectVersion {
    private final String origin;
    private final String key;
    private final String etag;
    private final long sizeBytes;
    private final VersionId id;

    /**
     * @param origin the configured name of the origin (not its address)
     * @param key the full object key in the origin
     * @param etag as the origin gives it, without quotes
     */
    public ObjectVersion(String origin, String key, String etag, long sizeBytes) {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("negative size of " + key + ": " + sizeBytes);
        }
        this.origin = origin;
        this.key = key;
        this.etag = etag;
        this.sizeBytes = sizeBytes;
        this.id = VersionId.of(origin, key, etag, sizeBytes);
    }

    public String origin() {
        return origin;
    }

    public String key() {
        return key;
    }

    public String etag() {
        return etag;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public VersionId id() {
        return id;
    }

    /** Number of chunks; 0 for an empty object. */
    public int chunkCount() {
        return ChunkLayout.chunkCount(sizeBytes);
    }

    public ChunkId chunk(int index) {
        return new ChunkId(this, index);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ObjectVersion v && id.equals(v.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return origin + ":" + key + "@" + etag;
    }
}
