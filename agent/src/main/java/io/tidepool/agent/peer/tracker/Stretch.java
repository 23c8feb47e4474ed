package io.tidepool.agent.peer.tracker;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.VersionId;

/**
 * 64 consecutive chunks (the last one of a version may have fewer): what one tracker looks after. Immutable.
 *
 * @param number the index of the stretch in its version: its chunks are {@code number * CHUNKS} and those after it
 */
public record Stretch(VersionId version, int number) {
    public static final int CHUNKS = 64;

    public static Stretch of(ChunkId chunk) {
        return new Stretch(chunk.version().id(), chunk.index() / CHUNKS);
    }

    @Override
    public String toString() {
        return version + "/" + number;
    }
}
