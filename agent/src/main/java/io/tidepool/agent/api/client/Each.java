package io.tidepool.agent.api.client;

/** Takes one message of a stream; what it throws ends the call, and the agent's work for it. */
@FunctionalInterface
public interface Each<T, X extends Exception> {
    void accept(T message) throws ClientException, X;
}
