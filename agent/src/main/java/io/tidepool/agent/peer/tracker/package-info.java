/**
 * Who holds what, and who fetches what from where: the decisions alone, as plain code without network, thread or clock, so
 * that the simulation drives the same classes as the agent.
 */
@NullMarked
package io.tidepool.agent.peer.tracker;

import org.jspecify.annotations.NullMarked;
