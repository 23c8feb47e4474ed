/** The conversation between hosts and trackers, over gRPC: no decision is made here, and no chunk's byte passes. */
@NullMarked
package io.tidepool.agent.peer.control;

import org.jspecify.annotations.NullMarked;
