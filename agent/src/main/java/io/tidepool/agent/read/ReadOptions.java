package io.tidepool.agent.read;

import java.time.Duration;

/**
 * The limits of reading.
 *
 * @param deadline of one read request: by then it has its bytes or an error
 * @param readAheadChunks how many chunks may be on their way ahead of readers, over all files
 * @param order in which files are read ahead
 */
public record ReadOptions(Duration deadline, int readAheadChunks, StreamOrder order) {}
