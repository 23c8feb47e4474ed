package io.tidepool.agent.disk;

import java.util.List;

/**
 * What reading a version's cached chunks and checking their checksums found.
 *
 * @param droppedChunks indexes of the chunks that were wrong or unreadable, and have been dropped
 */
public record VerifyResult(int checkedChunks, long checkedBytes, List<Integer> droppedChunks) {
    public VerifyResult {
        droppedChunks = List.copyOf(droppedChunks);
    }

    public boolean isGood() {
        return droppedChunks.isEmpty();
    }
}
