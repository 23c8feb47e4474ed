/** A client of the agent's gRPC API, for the command line and for Java programs. */
@NullMarked
package io.tidepool.agent.api.client;

import org.jspecify.annotations.NullMarked;
