package io.tidepool.agent.read;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.tracker.FetchOrder;
import java.util.Optional;

/**
 * In which order versions are read ahead. Hosts that load the same model at the same time each have another, so that each
 * fetches another part from the origin, and they exchange them.
 */
@FunctionalInterface
public interface StreamOrder {
    /** From the reader on and round: for a host by itself. */
    StreamOrder FROM_READER = version -> Optional.empty();

    /** Empty for {@link #FROM_READER}. */
    Optional<FetchOrder> of(ObjectVersion version);
}
