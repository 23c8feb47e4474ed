package io.tidepool.agent.peer.control;

import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What this host's cache holds, for announcing it to a new tracker.
 *
 * @param stretches those of which there is any chunk; quick
 * @param chunks the whole chunks of one of them with their checksums; reads the index
 */
public record HeldChunks(Supplier<Collection<Stretch>> stretches, Function<Stretch, List<ToTracker.Held>> chunks) {}
