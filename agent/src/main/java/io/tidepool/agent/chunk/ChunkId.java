package io.tidepool.agent.chunk;

/** Names one chunk: a version and a chunk index. Immutable. */
public record ChunkId(ObjectVersion version, int index) {
    public ChunkId {
        if (index < 0 || index >= version.chunkCount()) {
            throw new IndexOutOfBoundsException("chunk " + index + " of " + version);
        }
    }

    /** Offset of the chunk's first byte in the object. */
    public long offset() {
        return ChunkLayout.chunkOffset(index);
    }

    /** Length in bytes; only the last chunk is shorter than {@link ChunkLayout#CHUNK_BYTES}. */
    public int length() {
        return ChunkLayout.chunkLength(version.sizeBytes(), index);
    }

    @Override
    public String toString() {
        return version + "#" + index;
    }
}
