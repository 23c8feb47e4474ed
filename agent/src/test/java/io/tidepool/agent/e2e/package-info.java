/**
 * The agent as its users meet it: an emulated bucket, the whole agent, a real mount and its gRPC socket, other processes that
 * read.
 */
package io.tidepool.agent.e2e;
