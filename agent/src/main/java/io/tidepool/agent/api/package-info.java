/** The inbound edges: they translate what kernels and clients ask into the core's words, and its answers back. */
@NullMarked
package io.tidepool.agent.api;

import org.jspecify.annotations.NullMarked;
